// The exponential function in plain float arithmetic. It gives the same bits in every loop, vectorized or
// not, and on every CPU. The function of libm does not: it differs between machines, and calls to it are not
// vectorized.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// 2^n as a float for n in -126..127.
GPU_SWEEP_HOST_DEVICE float power_of_two(std::int32_t n) {
  const std::uint32_t bits = static_cast<std::uint32_t>(n + 127) << 23;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// e^x = (1 + `less_one`) 2^`power`: x = power ln 2 + r with |r| <= ln 2 / 2, and less_one = e^r - 1.
struct ExponentialParts {
  float less_one;
  std::int32_t power;  ///< -150..128
};

/// Splits e^x into its parts. x is first clamped to -104..89. For a NaN, less_one is a NaN. ln 2 is
/// subtracted in two parts to keep r accurate (Cody and Waite 1980), and e^r is computed by Taylor's
/// polynomial of degree 7, whose remainder r^8 / 8! is below 2^-27.
GPU_SWEEP_HOST_DEVICE ExponentialParts exponential_parts(float x) {
  const float clamped_above = x > 89.0f ? 89.0f : x;
  const float clamped = clamped_above < -104.0f ? -104.0f : clamped_above;
  const float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest integer
  const float shifted = clamped * 1.44269504f + kRound;
  const float n = shifted - kRound;
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float sum = 1.0f / 5040.0f;
  sum = sum * r + 1.0f / 720.0f;
  sum = sum * r + 1.0f / 120.0f;
  sum = sum * r + 1.0f / 24.0f;
  sum = sum * r + 1.0f / 6.0f;
  sum = sum * r + 0.5f;
  sum = sum * (r * r) + r;
  std::uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  return {sum, static_cast<std::int32_t>(bits - 0x4b400000u)};
}

/// e^x with an error of at most 2 units in the last place. The result is infinite for x >= 88.73,
/// subnormal for x below -87.34, and 0 for x below about -103.97. If the thread flushes subnormals to 0,
/// it is 0 for all x below -87.34. A NaN stays a NaN.
GPU_SWEEP_HOST_DEVICE float exponential(float x) {
  const ExponentialParts parts = exponential_parts(x);
  const std::int32_t half = parts.power >> 1;  // 2^power in two factors, each of which is in range
  return (parts.less_one + 1.0f) * power_of_two(half) * power_of_two(parts.power - half);
}

/// e^x - 1 for x <= 0, computed without the cancellation that the subtraction would cause near 0. The error
/// is at most 2 units in the last place. A NaN stays a NaN.
GPU_SWEEP_HOST_DEVICE float exponential_less_one(float x) {
  const ExponentialParts parts = exponential_parts(x);
  const std::int32_t half = parts.power >> 1;
  const float scale = power_of_two(half) * power_of_two(parts.power - half);
  return scale * parts.less_one + (scale - 1.0f);
}

}  // namespace gpu_sweep
