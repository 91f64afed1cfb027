#include "engine/statistics/methods/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace gpu_sweep {
namespace {

const std::vector<double> kDifferences = {0.0031, 0.0029, -0.0013, 0.0077, 0.0013,
                                          0.0020, 0.0008, -0.0002, 0.0040, 0.0015};

/// The expected values are from SciPy 1.10: stats.t.cdf, stats.t.sf, stats.sem, and quantiles that were
/// refined by Newton steps on the distribution function.
void expect_as_scipy(double value, double expected) {
  EXPECT_NEAR(value, expected, 1e-9 * std::abs(expected));
}

TEST(ResampledEstimate, EqualsScipy) {
  const Estimate found = resampled_estimate(kDifferences, 1.0 / 9);  // ten folds
  expect_as_scipy(found.mean, 0.0021800000000000005);
  expect_as_scipy(found.standard_error, 0.001147097249044488);
  expect_as_scipy(found.p(), 0.08982355492871893);
  expect_as_scipy(found.interval().low, -0.00041491425835210333);
  expect_as_scipy(found.interval().high, 0.004774914258352104);
}

TEST(ResampledEstimate, WithoutOverlapIsTheOneSampleTest) {
  const Estimate plain = estimate_of(kDifferences);
  const Estimate found = resampled_estimate(kDifferences, 0);
  EXPECT_DOUBLE_EQ(found.standard_error, plain.standard_error);
  EXPECT_EQ(found.degrees, 9);
}

TEST(Equivalence, EqualsScipy) {
  expect_as_scipy(estimate_of(kDifferences).equivalence_p(0.002), 0.5876276472140525);
  expect_as_scipy(estimate_of(kDifferences).equivalence_p(0.005), 0.0030029825852476754);
}

TEST(Equivalence, IsTheIntervalOfTwiceTheLevelWithinTheLimit) {
  const Estimate found = estimate_of(kDifferences);
  for (double limit = 0.0005; limit < 0.008; limit += 0.0001) {
    const Interval interval = found.interval(0.1);
    EXPECT_EQ(found.equivalence_p(limit) < 0.05, -limit < interval.low && interval.high < limit) << limit;
  }
}

TEST(Equivalence, DoesNotDependOnTheSign) {
  std::vector<double> opposite = kDifferences;
  for (double& value : opposite) value = -value;
  EXPECT_NEAR(estimate_of(opposite).equivalence_p(0.004), estimate_of(kDifferences).equivalence_p(0.004),
              1e-15);
}

TEST(Estimate, EqualDifferencesAreCertain) {
  const Estimate zero = estimate_of(std::vector<double>(5, 0.0));
  EXPECT_EQ(zero.p(), 1);
  EXPECT_EQ(zero.equivalence_p(0.1), 0);
  const Estimate one = estimate_of(std::vector<double>(5, 1.0));
  EXPECT_EQ(one.p(), 0);
  EXPECT_EQ(one.interval(), (Interval{1, 1}));
  EXPECT_EQ(one.equivalence_p(0.5), 1);
}

TEST(Estimate, OneValueHasNoError) {
  EXPECT_THROW(estimate_of(std::vector<double>{1}), std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
