#include "engine/statistics/methods/anytime.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gpu_sweep {
namespace {

const std::vector<double> kDifferences = {0.3, -0.1, 0.4, 0.2, 0.5};

/// Returns the mixture whose closed form is M, by the trapezoidal rule: the mean of exp(l S - l^2 V / 2) over
/// slopes l ~ N(0, rho) that are at least `from`.
double mixture(double rho, double from) {
  double sum = 0;
  double squares = 0;
  for (const double d : kDifferences) {
    sum += d;
    squares += d * d;
  }
  const double step = 1e-4;
  double value = 0;
  double mass = 0;
  for (double slope = from; slope < 40; slope += step) {
    const double weight = std::exp(-slope * slope / (2 * rho)) * (slope == from ? 0.5 : 1);
    value += weight * std::exp(slope * sum - slope * slope * squares / 2);
    mass += weight;
  }
  return value / mass;
}

TEST(Anytime, StatisticIsTheMixtureOverSlopes) {
  for (const double rho : {0.5, 4.0}) {
    AnytimeTest two(rho);
    AnytimeTest greater(rho, AnytimeTest::Sides::kGreater);
    for (const double d : kDifferences) {
      two.add(d);
      greater.add(d);
    }
    EXPECT_NEAR(std::exp(two.log_statistic()), mixture(rho, -40), 1e-6);
    EXPECT_NEAR(std::exp(greater.log_statistic()), mixture(rho, 0), 1e-6);
  }
}

TEST(Anytime, KeepsTheLargestStatistic) {
  AnytimeTest test(1);
  for (int i = 0; i < 12; ++i) test.add(1);
  const double p = test.p();
  EXPECT_LT(p, 0.05);
  EXPECT_NEAR(p, std::sqrt(13) * std::exp(-144.0 / 26), 1e-12);  // S = V = 12
  for (int i = 0; i < 12; ++i) test.add(-1);
  EXPECT_EQ(test.p(), p);
  EXPECT_EQ(test.n(), 24);
}

TEST(Anytime, GreaterFindsNothingBelowZero) {
  AnytimeTest test(1, AnytimeTest::Sides::kGreater);
  for (int i = 0; i < 2'000; ++i) test.add(-1);
  EXPECT_EQ(test.p(), 1);
  EXPECT_TRUE(std::isfinite(test.log_statistic()));
}

TEST(Anytime, NothingSeenIsNoEvidence) { EXPECT_EQ(AnytimeTest(1).p(), 1); }

}  // namespace
}  // namespace gpu_sweep
