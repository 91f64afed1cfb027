// Rounding to bfloat16.
#pragma once

#include <algorithm>
#include <cmath>

namespace gpu_sweep::reference {

/// Returns `value` rounded to the nearest number that has 8 significant bits and is a multiple of 2^-133, the
/// smallest subnormal number; ties to even. NaN and infinities are returned unchanged.
inline double nearest_bf16(double value) {
  if (value == 0 || !std::isfinite(value)) return value;  // ilogb has no exponent for these
  const int exponent = std::max(std::ilogb(value), -126);
  return std::ldexp(std::nearbyint(std::ldexp(value, 7 - exponent)), exponent - 7);
}

}  // namespace gpu_sweep::reference
