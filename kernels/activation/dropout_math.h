// The rule that decides which elements dropout keeps, shared by all backends.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// Largest number of elements (batch x width) of a matrix with dropout. The limit exists because the index of
/// an element is a 32-bit int.
inline constexpr std::int64_t kMostDropoutElements = 2'147'483'647;

/// Returns the smallest 24-bit number t with t * 2^-24 >= rate, so that `uniform(word) >= rate` is equivalent
/// to `(word >> 8) >= t`. The result is exact, since scaling a float by 2^24 is exact. t = 0 keeps every
/// element.
GPU_SWEEP_HOST_DEVICE std::uint32_t dropout_threshold(float rate) {
  return static_cast<std::uint32_t>(ceilf(rate * 0x1p24f));
}

GPU_SWEEP_HOST_DEVICE bool dropout_keeps(std::uint32_t word, std::uint32_t threshold) {
  return (word >> 8) >= threshold;
}

}  // namespace gpu_sweep
