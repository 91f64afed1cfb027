// A kernel that shows how a device rounds to bfloat16.
#pragma once

#include <cstdint>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::test {

/// Rounds `count` values, an even number, to bfloat16 on the device. singles[i] receives the bits of
/// values[i] by to_bf16; pairs[i] receives the bits of values[2 i] (lower half) and values[2 i + 1] by
/// to_bf16_pair. All pointers are device pointers.
void round_to_bf16(const float* values, int count, std::uint16_t* singles, std::uint32_t* pairs,
                   cuda::Queue& queue);

}  // namespace gpu_sweep::test
