// Which elements dropout keeps, shared by all backends.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// The most elements, batch x width, of a matrix that dropout counts: their index is a 32-bit int.
inline constexpr std::int64_t kMostDropoutElements = 2'147'483'647;

/// The smallest 24-bit number t with t * 2^-24 >= rate, so that `uniform(word) >= rate` is `(word >> 8) >=
/// t`. Exact, since scaling a float by 2^24 is. 0 keeps everything.
GPU_SWEEP_HOST_DEVICE std::uint32_t dropout_threshold(float rate) {
  return static_cast<std::uint32_t>(ceilf(rate * 0x1p24f));
}

GPU_SWEEP_HOST_DEVICE bool dropout_keeps(std::uint32_t word, std::uint32_t threshold) {
  return (word >> 8) >= threshold;
}

}  // namespace gpu_sweep
