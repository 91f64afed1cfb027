// Rounding to half precision on the host.
#include "gpu_sweep/fp16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gpu_sweep::test {
namespace {

/// Returns the value of a half-precision number by its definition: 1 sign bit, 5 exponent bits, 10 mantissa
/// bits.
double value_of_half(std::uint32_t bits) {
  const double sign = bits & 0x8000u ? -1 : 1;
  const int exponent = static_cast<int>(bits >> 10 & 31u);
  const double mantissa = bits & 0x3ffu;
  if (exponent == 31) return mantissa == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

TEST(Fp16Test, EveryHalfSurvivesConversionToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Fp16 half{static_cast<std::uint16_t>(bits)};
    const double value = value_of_half(bits);
    if (std::isnan(value)) {
      ASSERT_TRUE(std::isnan(to_float(half))) << bits;
      continue;
    }
    ASSERT_EQ(to_float(half), value) << bits;
    ASSERT_EQ(to_fp16(to_float(half)).bits, bits);
  }
}

/// The midpoint between two neighbors rounds to the even one, and the floats next to the midpoint round to
/// the nearer one.
TEST(Fp16Test, RoundsToNearestTiesToEven) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const auto low = static_cast<float>(value_of_half(bits)),
               high = static_cast<float>(value_of_half(bits + 1));
    const float middle = low + (high - low) / 2;
    ASSERT_EQ(to_fp16(middle).bits, bits % 2 == 0 ? bits : bits + 1) << middle;
    ASSERT_EQ(to_fp16(std::nextafter(middle, low)).bits, bits) << middle;
    ASSERT_EQ(to_fp16(std::nextafter(middle, high)).bits, bits + 1) << middle;
    ASSERT_EQ(to_fp16(-middle).bits, to_fp16(middle).bits | 0x8000u);
  }
}

TEST(Fp16Test, KeepsInfinitiesAndNans) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_fp16(infinity).bits, 0x7c00);
  EXPECT_EQ(to_fp16(-infinity).bits, 0xfc00);
  EXPECT_EQ(to_fp16(65519.0f).bits, 0x7bff);
  EXPECT_EQ(to_fp16(65520.0f).bits, 0x7c00);
  EXPECT_TRUE(std::isnan(to_float(to_fp16(std::bit_cast<float>(0x7f80'0001u)))));
}

}  // namespace
}  // namespace gpu_sweep::test
