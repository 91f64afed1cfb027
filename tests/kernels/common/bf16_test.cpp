// Rounding to bfloat16 on the host.
#include "kernels/common/bf16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "reference/bf16.h"
#include "tests/kernels/common/bf16_inputs.h"

namespace gpu_sweep::test {
namespace {

TEST(Bf16Test, EveryBf16SurvivesConversionToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = to_float(Bf16{static_cast<std::uint16_t>(bits)});
    if (std::isnan(value)) continue;
    ASSERT_EQ(to_bf16(value).bits, bits);
  }
}

TEST(Bf16Test, RoundsToNearestTiesToEven_Seed1) {
  std::mt19937 generator(1);
  for (int i = 0; i < 100'000; ++i) {
    std::uint32_t bits = generator() & 0xbfff'ffff;        // below 2, so that no value overflows
    if (i % 4 == 0) bits = (bits & 0xffff'0000) | 0x8000;  // a tie
    const float value = std::bit_cast<float>(bits);
    if (std::fpclassify(value) != FP_NORMAL) continue;
    ASSERT_EQ(to_float(to_bf16(value)), reference::nearest_bf16(value)) << std::hexfloat << value;
  }
}

/// Returns the bits of that one of the two bfloat16 numbers around `value` which is nearer, or of the even
/// one if both are equally near. The distances are compared as doubles, which represent them exactly.
std::uint16_t nearest_bits(float value) {
  const auto below = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);  // towards zero
  const auto above = static_cast<std::uint16_t>(below + 1);
  const double low = std::abs(static_cast<double>(to_float(Bf16{below})));
  const double high =
      (above & 0x7fffu) == 0x7f80u ? 0x1p128 : std::abs(static_cast<double>(to_float(Bf16{above})));
  const double size = std::abs(static_cast<double>(value));
  if (size - low == high - size) return below % 2 == 0 ? below : above;
  return size - low < high - size ? below : above;
}

TEST(Bf16Test, RoundsEveryClassOfFiniteFloats) {
  const std::vector<float> inputs = bf16_inputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const float value = inputs[i];
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(to_bf16(value).bits, nearest_bits(value)) << std::hexfloat << value;
    ASSERT_EQ(to_bf16_pair(value, 1.0f), 0x3f80'0000u | nearest_bits(value));
    ASSERT_EQ(to_bf16_pair(1.0f, value) >> 16, nearest_bits(value));
  }
}

TEST(Bf16Test, KeepsInfinitiesNansAndTheSignOfZero) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_float(to_bf16(infinity)), infinity);
  EXPECT_EQ(to_float(to_bf16(std::numeric_limits<float>::max())), infinity);
  EXPECT_TRUE(std::isnan(to_float(to_bf16(std::bit_cast<float>(0x7f80'0001u)))));
  EXPECT_EQ(to_bf16(-0.0f).bits, 0x8000);
}

TEST(Bf16Test, TheReferenceKeepsWhatHasNoExponent) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(reference::nearest_bf16(infinity), infinity);
  EXPECT_EQ(reference::nearest_bf16(-infinity), -infinity);
  EXPECT_TRUE(std::isnan(reference::nearest_bf16(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_TRUE(std::signbit(reference::nearest_bf16(-0.0)));
}

}  // namespace
}  // namespace gpu_sweep::test
