// The scalar arithmetic of activations, compared with the C library's functions and with the oracles, both in
// double precision.
#include "kernels/activation/activation_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/activation/erf_math.h"
#include "reference/activation.h"

namespace gpu_sweep::test {
namespace {

constexpr double kUnit = 0x1p-24;

/// Calls `visit` with about 300,000 floats of both signs. Their magnitudes are 0 and 2^-149 to `most`; some
/// are evenly spaced on a logarithmic scale, and some on a linear scale.
template <class Visit>
void for_each_float(double most, const Visit& visit) {
  const auto both_signs = [&](double x) {
    visit(static_cast<float>(x));
    visit(static_cast<float>(-x));
  };
  for (double x = 0x1p-149; x < most; x *= 1.001) both_signs(x);
  for (int i = 0; i <= 50'000; ++i) both_signs(most * i / 50'000);
}

TEST(ErrorFunction, IsAsCloseAsItsBounds) {
  for_each_float(10, [](float x) {
    const double expected = std::erf(static_cast<double>(x));
    const double error = std::fabs(error_function(x) - expected);
    ASSERT_LE(error, 1.5e-7) << x;
    ASSERT_LE(error, 4 * kUnit * std::fabs(expected) + 0x1p-149) << x;
    ASSERT_EQ(error_function(-x), -error_function(x));
  });
  EXPECT_EQ(error_function(HUGE_VALF), 1);
  EXPECT_TRUE(std::isnan(error_function(std::numeric_limits<float>::quiet_NaN())));
}

TEST(ErrorFunction, ComplementIsAsCloseAsItsBounds) {
  for_each_float(9, [](float x) {
    const double expected = std::erfc(static_cast<double>(x));
    const double error = std::fabs(complementary_error_function(x) - expected);
    ASSERT_LE(error, x > 0 ? (16 + static_cast<double>(x) * x) * kUnit * expected : 2.4e-7) << x;
  });
  EXPECT_EQ(complementary_error_function(HUGE_VALF), 0);
  EXPECT_EQ(complementary_error_function(-HUGE_VALF), 2);
  EXPECT_TRUE(std::isnan(complementary_error_function(std::numeric_limits<float>::quiet_NaN())));
}

TEST(ExponentialLessOne, IsAsCloseAsItsBoundBelow0) {
  for_each_float(120, [](float x) {
    if (x > 0) return;
    const double expected = std::expm1(static_cast<double>(x));
    ASSERT_LE(std::fabs(exponential_less_one(x) - expected), 2 * kUnit * std::fabs(expected) + 0x1p-149) << x;
  });
  EXPECT_EQ(exponential_less_one(-HUGE_VALF), -1);
  EXPECT_TRUE(std::isnan(exponential_less_one(std::numeric_limits<float>::quiet_NaN())));
}

class ActivationMathTest : public testing::TestWithParam<Activation> {
 protected:
  static float value(float z) {
    return with_activation(GetParam(), [z]<Activation kActivation>() { return activate<kActivation>(z); });
  }

  /// Returns the slope at z, computed from z or from the activation's value as the activation requires.
  static float slope(float z) {
    return with_activation(GetParam(), [z]<Activation kActivation>() {
      return activation_slope<kActivation>(needs_input(kActivation) ? z : activate<kActivation>(z));
    });
  }
};

TEST_P(ActivationMathTest, ValueIsThatOfTheOracle) {
  for_each_float(20, [](float z) {
    const reference::Bounded expected = reference::activate(GetParam(), z);
    ASSERT_NEAR(value(z), expected.value, expected.error) << z;
  });
}

/// Tests that compare a kernel with the oracle take its bound as their tolerance. A formula that cancels,
/// such as z - tanh(z) near 0, would widen the bound until a function without one right digit passes.
TEST_P(ActivationMathTest, TheOraclesBoundIsAFewUnitsOfItsValue) {
  constexpr double kMostUnits = 64;  // gelu at -4 takes 52, all others at most 7
  for_each_float(4, [](float z) {
    const reference::Bounded oracle = reference::activate(GetParam(), z);
    ASSERT_LE(oracle.error, kMostUnits * kUnit * std::fabs(oracle.value) + reference::kFloatLeastNormal) << z;
  });
}

/// Compares the slope with differences of values and not with another formula for the slope. If the kernel
/// and the oracle had the same wrong formula, a comparison of the two would not detect it.
TEST_P(ActivationMathTest, SlopeIsTheCentralDifferenceOfTheOraclesValue) {
  constexpr double kStep = 1e-5;
  for (double z = -12; z < 12; z += 0.0173) {
    if (std::fabs(z) < 2 * kStep) continue;  // some activations have a kink at 0
    const auto at = static_cast<float>(z);
    const double above = reference::activate(GetParam(), at + kStep).value;
    const double below = reference::activate(GetParam(), at - kStep).value;
    ASSERT_NEAR(slope(at), (above - below) / (2 * kStep), 1e-6) << z;
  }
}

TEST_P(ActivationMathTest, ANanStaysANan) {
  EXPECT_TRUE(std::isnan(value(std::numeric_limits<float>::quiet_NaN())));
}

TEST_P(ActivationMathTest, SignIsMaskWhereTheRowSaysSo) {
  bool sign_tells = true;
  for (float z = -4; z < 4; z += 0.125F) sign_tells = sign_tells && slope(z) == (value(z) > 0 ? 1.0F : 0.0F);
  EXPECT_EQ(sign_tells, sign_is_mask(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, ActivationMathTest, testing::ValuesIn(kActivations),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace gpu_sweep::test
