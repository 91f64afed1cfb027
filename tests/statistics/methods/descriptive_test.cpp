#include "engine/statistics/methods/descriptive.h"

#include <algorithm>
#include <stdexcept>

#include "engine/statistics/methods/bootstrap.h"
#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/quantile.h"
#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

TEST(Descriptive, ClosedFormsEqualScipy) {
  for (const auto& expected : reference("descriptions")) {
    const std::vector<double> values = numbers(expected.at("values"));
    const Description found = describe(values);
    EXPECT_EQ(found.n, static_cast<int>(values.size()));
    EXPECT_AS_SCIPY(found.mean, expected.at("mean"));
    EXPECT_AS_SCIPY(found.std_n, expected.at("std_n"));
    EXPECT_AS_SCIPY(found.std_n_minus_1.value(), expected.at("std_n_minus_1"));
    EXPECT_AS_SCIPY(found.standard_error.value(), expected.at("standard_error"));
    EXPECT_AS_SCIPY(found.t_interval.value().low, expected.at("t_interval").at(0));
    EXPECT_AS_SCIPY(found.t_interval.value().high, expected.at("t_interval").at(1));
    EXPECT_AS_SCIPY(found.lower_quartile, expected.at("quartiles").at(0));
    EXPECT_AS_SCIPY(found.median, expected.at("quartiles").at(1));
    EXPECT_AS_SCIPY(found.upper_quartile, expected.at("quartiles").at(2));
    EXPECT_EQ(found.minimum, *std::min_element(values.begin(), values.end()));
    EXPECT_EQ(found.maximum, *std::max_element(values.begin(), values.end()));
  }
}

TEST(Descriptive, OneValueHasNoSpread) {
  const Description found = describe(std::vector<double>{0.25});
  EXPECT_EQ(found.n, 1);
  EXPECT_EQ(found.std_n, 0);
  EXPECT_FALSE(found.std_n_minus_1 || found.standard_error || found.t_interval);
  EXPECT_EQ(found.median, 0.25);
}

TEST(Descriptive, EmptySampleIsRefused) {
  EXPECT_THROW(describe(std::vector<double>{}), std::invalid_argument);
}

TEST(Bootstrap, EndsWithinFourMonteCarloErrorsOfScipy) {
  for (const auto& expected : reference("descriptions")) {
    const Interval found = bca_interval_of_mean(numbers(expected.at("values")));
    // The noise of two intervals adds up. One of the two is the mean of twelve intervals.
    const double noise = std::sqrt(1 + 1.0 / 12);
    EXPECT_NEAR(found.low, expected.at("bca_mean").at(0),
                4 * noise * expected.at("bca_std").at(0).get<double>());
    EXPECT_NEAR(found.high, expected.at("bca_mean").at(1),
                4 * noise * expected.at("bca_std").at(1).get<double>());
  }
}

TEST(Quantile, SelectionEqualsSorting) {
  const std::vector<double> values = {5, 1, 4, 1, 3, 9, 2, 6};
  std::vector<double> ascending = values;
  std::sort(ascending.begin(), ascending.end());
  for (const double probability : {-1.0, 0.0, 0.025, 0.3, 0.5, 6.0 / 7, 0.975, 1.0, 2.0}) {
    std::vector<double> reordered = values;
    EXPECT_EQ(reordering_quantile(reordered, probability), quantile_of_sorted(ascending, probability))
        << probability;
  }
  EXPECT_THROW(reordering_quantile({}, 0.5), std::invalid_argument);
}

TEST(Bootstrap, SameSeedSameInterval) {
  const std::vector<double> values = {1, 2, 4, 8, 16, 32, 64};
  EXPECT_EQ(bca_interval_of_mean(values, 7), bca_interval_of_mean(values, 7));
  EXPECT_FALSE(bca_interval_of_mean(values, 7) == bca_interval_of_mean(values, 8));
}

TEST(Bootstrap, EqualValuesGiveAPoint) {
  EXPECT_EQ(bca_interval_of_mean(std::vector<double>{0.5, 0.5, 0.5}), (Interval{0.5, 0.5}));
}

TEST(Quantile, IsLinearBetweenNeighbors) {
  const std::vector<double> ascending = {1, 2, 4};
  EXPECT_EQ(quantile_of_sorted(ascending, 0), 1);
  EXPECT_EQ(quantile_of_sorted(ascending, 0.75), 3);
  EXPECT_EQ(quantile_of_sorted(ascending, 1), 4);
}

TEST(Distributions, EqualScipy) {
  for (const auto& expected : reference("student_t")) {
    EXPECT_AS_SCIPY(student_t_quantile(expected.at("probability"), expected.at("degrees")),
                    expected.at("quantile"));
  }
  for (const auto& expected : reference("normal")) {
    const double cdf = expected.at("cdf");
    EXPECT_NEAR(normal_cdf(expected.at("z")), cdf, 1e-9 * cdf);
  }
  for (const auto& expected : reference("normal_quantile")) {
    EXPECT_AS_SCIPY(normal_quantile(expected.at("probability")), expected.at("z"));
  }
  for (const auto& expected : reference("student_t_two_sided")) {
    EXPECT_AS_SCIPY(student_t_two_sided(expected.at("t"), expected.at("degrees")), expected.at("p"));
  }
}

}  // namespace
}  // namespace gpu_sweep
