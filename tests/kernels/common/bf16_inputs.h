// Floats of every class that rounding to bfloat16 distinguishes.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace gpu_sweep::test {

/// Returns an even number of floats with both signs and all exponents. They therefore include zeros,
/// subnormals, infinities and NaNs. The mantissa bits that bfloat16 keeps have values at or next to the
/// lowest, the middle and the highest one. The dropped bits are at a tie, next to a tie, or far from a tie.
inline std::vector<float> bf16_inputs() {
  std::vector<float> inputs;
  for (std::uint32_t top = 0; top < 0x200; ++top) {  // sign and exponent
    for (const std::uint32_t kept : {0x00u, 0x01u, 0x3fu, 0x40u, 0x7eu, 0x7fu}) {
      for (const std::uint32_t dropped : {0x0000u, 0x0001u, 0x7fffu, 0x8000u, 0x8001u, 0xffffu}) {
        inputs.push_back(std::bit_cast<float>(top << 23 | kept << 16 | dropped));
      }
    }
  }
  return inputs;
}

}  // namespace gpu_sweep::test
