// IEEE half precision, implemented with integer arithmetic, for host and device (nvcc needs
// --expt-relaxed-constexpr). It is used to store class probabilities and to read arrays; no computation is
// done in it.
#pragma once

#include <bit>
#include <cstdint>

namespace gpu_sweep {

struct Fp16 {
  std::uint16_t bits = 0;
  friend bool operator==(const Fp16&, const Fp16&) = default;
};
static_assert(sizeof(Fp16) == 2);

/// Rounds to nearest, ties to even. Magnitudes of 65,520 and above become infinite. A NaN stays a NaN.
[[gnu::always_inline]] constexpr Fp16 to_fp16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  std::uint32_t half = 0;
  if (magnitude > 0x7f800000u) {
    half = 0x7e00u;
  } else if (magnitude >= 0x477ff000u) {
    half = 0x7c00u;
  } else if (magnitude < 0x38800000u) {
    // Half-precision numbers below 2^-14 are multiples of 2^-24. The floats between 0.5 and 1 have the same
    // spacing, so adding 0.5 rounds the magnitude to a multiple of 2^-24.
    half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
  } else {
    half = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  }
  return {static_cast<std::uint16_t>(sign | half)};
}

/// Converts without any rounding.
[[gnu::always_inline]] constexpr float to_float(Fp16 value) {
  const std::uint32_t sign = static_cast<std::uint32_t>(value.bits & 0x8000u) << 16;
  const std::uint32_t magnitude = value.bits & 0x7fffu;
  std::uint32_t bits = (magnitude << 13) + 0x38000000u;
  if (magnitude >= 0x7c00u) {
    bits = (magnitude << 13) | 0x7f800000u;
  } else if (magnitude < 0x400u) {
    bits = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
  }
  return std::bit_cast<float>(sign | bits);
}

}  // namespace gpu_sweep
