#include "engine/statistics/methods/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

const std::vector<double> kDifferences = {0.0031, 0.0029, -0.0013, 0.0077, 0.0013,
                                          0.0020, 0.0008, -0.0002, 0.0040, 0.0015};

TEST(Estimate, EqualsScipyAndStatsmodels) {
  for (const auto& expected : reference("estimates")) {
    const double test_to_train = expected.at("test_to_train");
    const std::vector<double> values = numbers(expected.at("values"));
    const Estimate found =
        test_to_train > 0 ? resampled_estimate(values, test_to_train) : estimate_of(values);
    EXPECT_AS_SCIPY(found.standard_error, expected.at("standard_error"));
    EXPECT_AS_SCIPY(found.p(), expected.at("p"));
    EXPECT_AS_SCIPY(found.equivalence_p(expected.at("limit")), expected.at("equivalence_p"));
    for (const auto& [name, alpha] : {std::pair{"interval", 0.05}, {"interval_of_one_percent", 0.01}}) {
      EXPECT_AS_SCIPY(found.interval(alpha).low, expected.at(name).at(0));
      EXPECT_AS_SCIPY(found.interval(alpha).high, expected.at(name).at(1));
    }
  }
}

TEST(ResampledEstimate, WithoutOverlapIsTheOneSampleTest) {
  const Estimate plain = estimate_of(kDifferences);
  const Estimate found = resampled_estimate(kDifferences, 0);
  EXPECT_DOUBLE_EQ(found.standard_error, plain.standard_error);
  EXPECT_EQ(found.degrees, 9);
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
