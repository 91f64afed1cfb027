#include "engine/statistics/methods/pair_tests.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "engine/statistics/methods/holm.h"

namespace gpu_sweep {
namespace {

constexpr double kUnit = 1e-4;

std::vector<double> drawn_differences(std::mt19937& random, int n, double mean, double spread) {
  std::normal_distribution<double> normal(mean, spread);
  std::vector<double> differences;
  for (int i = 0; i < n; ++i) differences.push_back(std::round(normal(random)) * kUnit);
  return differences;
}

/// Subtracts `shift` from the differences. Returns the share of all patterns of signs with which their sum is
/// at most the observed sum.
double brute_force_below(const std::vector<double>& differences, double shift) {
  double observed = 0;
  for (const double each : differences) observed += each - shift;
  std::uint32_t as_low = 0;
  for (std::uint32_t signs = 0; signs < 1U << differences.size(); ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      sum += (signs >> i & 1U) != 0 ? shift - differences[i] : differences[i] - shift;
    }
    as_low += sum <= observed + 1e-9 * kUnit ? 1 : 0;
  }
  return as_low / std::exp2(static_cast<double>(differences.size()));
}

double brute_force_equivalence(std::vector<double> differences, double limit) {
  const double below = brute_force_below(differences, limit);
  for (double& each : differences) each = -each;
  return std::max(below, brute_force_below(differences, limit));
}

/// A table of scores need not say of how many answers each is the share. Without the step, ties between sums
/// of differences are lost, and p becomes too small.
TEST(StepOfScores, IsFoundForSharesOfAnyNumberOfAnswers) {
  std::vector<double> scores;
  for (const int right : {3, 17, 20, 21, 33}) scores.push_back(right / 34.0);
  EXPECT_EQ(step_of_scores(scores, 0), 1 / 34.0);
  EXPECT_EQ(step_of_scores(scores, 34), 1 / 34.0);
  EXPECT_EQ(step_of_scores(std::vector{0.25, 0.5}, 0), 0.01);
  EXPECT_EQ(step_of_scores(std::vector{2 / 3.0, 1.0, 0.0}, 0), 1 / 3.0);
  EXPECT_EQ(step_of_scores(std::vector{104'729 / 999'983.0, 5 / 999'983.0}, 0), 1 / 999'983.0);
  EXPECT_EQ(step_of_scores(std::vector{std::exp(-1.0), std::sqrt(0.5), std::log(1.5)}, 0), 0);
}

TEST(PairEquivalence, IsTheGreaterOfTwoOneSidedTests) {
  std::mt19937 random(5);
  int small = 0;
  for (const int n : {5, 8, 11, 14}) {  // some are enumerated, others convolved
    for (int i = 0; i < 12; ++i) {
      const auto differences = drawn_differences(random, n, 3, 8);
      const double limit = (i % 6 + 3) * kUnit * (i < 6 ? 1 : 1.3);
      const double expected = brute_force_equivalence(differences, limit);
      const double found = test_paired(differences, kUnit).equivalence_p(limit);
      if (expected < 0.5) {
        EXPECT_DOUBLE_EQ(found, expected) << n << " runs, limit " << limit;
      } else {
        EXPECT_GE(found, 0.5) << n << " runs, limit " << limit;
      }
      small += expected < 0.05 ? 1 : 0;
    }
  }
  EXPECT_GT(small, 5);
}

TEST(PairEquivalence, IsTheIntervalOfTwiceTheLevelWithinTheLimit) {
  std::mt19937 random(17);
  std::vector<PairTest> tests;
  for (int i = 0; i < 200; ++i) {
    tests.push_back(test_paired(drawn_differences(random, i % 2 == 0 ? 11 : 20, i % 5, 4), kUnit));
  }
  for (const double limit : {4 * kUnit, 6.37 * kUnit}) {
    const std::vector<PairDecision> decisions = decide_pairs(tests, {0, limit, {}});
    int same = 0;
    for (std::size_t i = 0; i < tests.size(); ++i) {
      const Equivalence& each = decisions[i].equivalence.value();
      EXPECT_EQ(each.same, -limit < each.interval.low && each.interval.high < limit) << i;
      EXPECT_EQ(each.same, each.p_holm < 0.05) << i;
      same += each.same ? 1 : 0;
    }
    EXPECT_GT(same, 5) << limit;
    EXPECT_LT(same, 195) << limit;
  }
}

TEST(PairEquivalence, NeedsOneRunLessThanADifference) {
  const std::vector<double> none(5, 0.0);
  EXPECT_EQ(test_paired(none, kUnit).equivalence_p(kUnit), std::exp2(-5));
  const PairTest test = test_paired(none, kUnit);
  EXPECT_TRUE(decide_pairs({&test, 1}, {1, kUnit, {}}).at(0).equivalence->same);
  EXPECT_FALSE(decide_pairs({&test, 1}, {2, kUnit, {}}).at(0).equivalence->same);
  EXPECT_FALSE(decide_pairs({&test, 1}).at(0).equivalence);
}

TEST(PairEquivalence, OfUnpairedAndResampledRuns) {
  const std::vector<double> a = {0.90, 0.91, 0.92, 0.93, 0.94};
  const std::vector<double> b = {0.905, 0.91, 0.92, 0.93, 0.935};
  const PairTest unpaired = test_unpaired(a, b, 0.001, 1);
  EXPECT_LT(unpaired.equivalence_p(0.05), 0.01);
  EXPECT_EQ(unpaired.equivalence_p(0.0), 1) << "no difference lies within nothing";
  std::vector<double> shifted = a;
  for (double& value : shifted) value -= 0.02;
  EXPECT_DOUBLE_EQ(unpaired.equivalence_p(0.02), test_unpaired(shifted, b, 0.001, 1).p / 2);
  // The expected value is the greater p of two one-sided t-tests, by SciPy.
  const std::vector<double> differences = {0.0031, 0.0029, -0.0013, 0.0077, 0.0013,
                                           0.0020, 0.0008, -0.0002, 0.0040, 0.0015};
  EXPECT_NEAR(test_resampled(differences, 0).equivalence_p(0.005), 0.0030029825852476754, 3e-12);
}

}  // namespace
}  // namespace gpu_sweep
