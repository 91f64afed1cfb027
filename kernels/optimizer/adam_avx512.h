// Adam's update with AVX-512.
#pragma once

#include <cstdint>

#include "kernels/common/bf16.h"
#include "kernels/optimizer/optimizer_math.h"

namespace gpu_sweep::cpu {

/// Updates `count` parameters as AdamRule does, to the last bit. If `copy` is not null, the new weights
/// are also written there, rounded as by to_bf16. Returns false, and does nothing, if the machine lacks
/// AVX-512 (or AVX512_BF16, which the copy needs), or if the code does not give the same bits on it.
bool update_by_adam_avx512(const AdamScalars& scalars, const float* gradient, std::int64_t count,
                           float* weights, float* first, float* second, Bf16* copy);

}  // namespace gpu_sweep::cpu
