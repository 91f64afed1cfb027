// bfloat16 by integer arithmetic, host and device: the upper half of a float. Sums and products are always
// done in float.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/host_device.h"

namespace gpu_sweep {

struct Bf16 {
  std::uint16_t bits = 0;
};
static_assert(sizeof(Bf16) == 2);

/// Exact.
GPU_SWEEP_HOST_DEVICE float to_float(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
GPU_SWEEP_HOST_DEVICE float to_float(float value) { return value; }

/// Rounds to nearest, ties to even. A NaN stays a NaN.
GPU_SWEEP_HOST_DEVICE Bf16 to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const std::uint32_t quiet_nan = (bits >> 16) | 0x40u;
  return {static_cast<std::uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? quiet_nan : rounded)};
}

/// To a storage type by name.
template <class T>
GPU_SWEEP_HOST_DEVICE T from_float(float value);
template <>
GPU_SWEEP_HOST_DEVICE float from_float<float>(float value) {
  return value;
}
template <>
GPU_SWEEP_HOST_DEVICE Bf16 from_float<Bf16>(float value) {
  return to_bf16(value);
}

}  // namespace gpu_sweep
