// A kernel that shows how a device rounds to bfloat16.
#pragma once

#include <cstdint>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::test {

/// singles[i] and pairs[i] = the bits of values[i] as bfloat16, by to_bf16 and to_bf16_pair. All on the
/// device; `count` is even.
void round_to_bf16(const float* values, int count, std::uint16_t* singles, std::uint32_t* pairs,
                   cuda::Queue& queue);

}  // namespace gpu_sweep::test
