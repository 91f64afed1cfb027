// A kernel that shows how a device rounds to bfloat16.
#pragma once

#include <cstdint>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::test {

/// Rounds `count` values to bfloat16 on the device; `count` is even. singles[i] receives the bits that
/// to_bf16 gives for values[i]. pairs[i] receives the bits that to_bf16_pair gives for values[2 i] (lower
/// half) and values[2 i + 1]. All pointers are device pointers.
void round_to_bf16(const float* values, int count, std::uint16_t* singles, std::uint32_t* pairs,
                   cuda::Queue& queue);

}  // namespace gpu_sweep::test
