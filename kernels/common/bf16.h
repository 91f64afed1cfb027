// bfloat16, the upper half of a float, on host and device. It is a storage type: sums and products are
// computed in float.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

struct Bf16 {
  std::uint16_t bits = 0;
};
static_assert(sizeof(Bf16) == 2);

/// Converts without any rounding.
GPU_SWEEP_HOST_DEVICE float to_float(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
GPU_SWEEP_HOST_DEVICE float to_float(float value) { return value; }

/// Rounds to nearest, ties to even. A NaN stays a NaN, but its bits depend on the code path: the integer code
/// keeps the upper bits of the NaN, and the device's instruction (compute capability 8.0 and newer) returns
/// 0x7fff.
GPU_SWEEP_HOST_DEVICE Bf16 to_bf16(float value) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  Bf16 result;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
  return result;
#else
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const std::uint32_t quiet_nan = (bits >> 16) | 0x40u;
  return {static_cast<std::uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? quiet_nan : rounded)};
#endif
}

/// Rounds two floats as to_bf16 does and packs them, with `low` in the lower half.
GPU_SWEEP_HOST_DEVICE std::uint32_t to_bf16_pair(float low, float high) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  std::uint32_t bits;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
  return bits;
#else
  return to_bf16(low).bits | static_cast<std::uint32_t>(to_bf16(high).bits) << 16;
#endif
}

/// Converts to the storage type T. If T is Bf16, rounds as to_bf16 does.
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
