#include "engine/statistics/methods/sign_flip.h"

#include <cmath>
#include <numeric>
#include <random>

#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/pair_tests.h"
#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

WholeDifferences counts(std::vector<std::int64_t> steps) { return {std::move(steps), 1}; }

/// Returns the p-value by its definition, by trying all patterns of signs. First subtracts numerator /
/// denominator from the differences.
double brute_force_p(const std::vector<std::int64_t>& steps, std::int64_t numerator = 0,
                     std::int64_t denominator = 1) {
  std::int64_t observed = 0;
  for (const std::int64_t step : steps) observed += denominator * step - numerator;
  std::uint32_t as_far = 0;
  for (std::uint32_t signs = 0; signs < 1U << steps.size(); ++signs) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::int64_t step = denominator * steps[i] - numerator;
      sum += (signs >> i & 1U) != 0 ? -step : step;
    }
    as_far += std::abs(sum) >= std::abs(observed) ? 1 : 0;
  }
  return as_far / std::exp2(static_cast<double>(steps.size()));
}

std::vector<std::int64_t> drawn(std::mt19937& random, std::size_t n, double mean, double spread) {
  std::normal_distribution<double> normal(mean, spread);
  std::vector<std::int64_t> steps;
  for (std::size_t i = 0; i < n; ++i) steps.push_back(std::llround(normal(random)));
  return steps;
}

TEST(SignFlip, EqualsScipy) {
  for (const auto& expected : reference("sign_flip")) {
    EXPECT_AS_SCIPY(sign_flip_p(whole_differences(numbers(expected.at("differences")))), expected.at("p"));
  }
}

TEST(SignFlipInterval, EndsAreMeansOfSubsets) {
  for (const auto& expected : reference("sign_flip_interval")) {
    const Interval found = sign_flip_interval(whole_differences(numbers(expected.at("differences")), 1e-4),
                                              expected.at("level"));
    EXPECT_AS_SCIPY(found.low, expected.at("interval").at(0));
    EXPECT_AS_SCIPY(found.high, expected.at("interval").at(1));
  }
}

TEST(SignFlip, ConvolutionEqualsTheDefinition) {
  std::mt19937 random(5);
  for (const double spread : {1.0, 4.0, 30.0}) {
    for (const std::size_t n : {13, 15, 17}) {
      const auto steps = drawn(random, n, spread / 2, spread);
      EXPECT_NEAR(sign_flip_p(counts(steps)), brute_force_p(steps), 1e-14) << "seed 5, n " << n;
    }
  }
}

TEST(SignFlip, ManyRunsEqualTheBinomialDistribution) {
  // There are 400 differences of magnitude 1, of which 218 are positive. The p-value is
  // P(|2 Binomial(400, 1/2) - 400| >= 36), which is 2 * binom.cdf(182, 400, 0.5) with scipy.stats.
  std::vector<std::int64_t> steps(400, 1);
  for (std::size_t i = 0; i < 182; ++i) steps[i] = -1;
  EXPECT_NEAR(sign_flip_p(counts(steps)), 0.07998845425742, 1e-13);
}

TEST(SignFlip, EqualSumsCountAsFar) {
  EXPECT_EQ(sign_flip_p(whole_differences(std::vector<double>{0.1, 0.2, -0.3})), 1);
  // These are accuracies on 10,000 images. Equal differences of the numbers of right answers are ties,
  // although rounding makes the differences of the accuracies unequal.
  const std::vector<double> a = {0.8931, 0.8948, 0.8969, 0.8913, 0.8973, 0.8931};
  const std::vector<double> b = {0.8938, 0.8934, 0.8962, 0.8920, 0.8959, 0.8938};
  std::vector<double> differences;
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  const WholeDifferences whole = whole_differences(differences, 1e-4);
  EXPECT_EQ(whole.steps, (std::vector<std::int64_t>{-7, 14, 7, -7, 14, -7}));
  EXPECT_EQ(sign_flip_p(whole), brute_force_p(whole.steps));
}

TEST(SignFlip, AllOneSideIsTheLeastP) {
  for (const int n : {1, 6, 20, 100, 900}) {
    EXPECT_DOUBLE_EQ(sign_flip_p(counts(std::vector<std::int64_t>(static_cast<std::size_t>(n), 7))),
                     least_sign_flip_p(n));
  }
}

TEST(SignFlip, DifferencesThatAreEqualUpToRounding) {
  for (const std::size_t n : {6u, 12u, 13u, 20u}) {
    std::vector<double> differences(n, 0.95 - 0.92);
    differences.front() = 0.33 - 0.30;
    ASSERT_NE(differences.front(), differences.back());
    const WholeDifferences whole = whole_differences(differences);
    EXPECT_EQ(sign_flip_p(whole), least_sign_flip_p(static_cast<int>(n))) << n;
    const Interval found = sign_flip_interval(whole, 0.05);
    EXPECT_NEAR(found.low, 0.03, 1e-12) << n;
    EXPECT_NEAR(found.high, 0.03, 1e-12) << n;
  }
}

TEST(SignFlip, AUnitThatRoundsDifferencesAwayIsNotUsed) {
  for (const std::size_t n : {10u, 20u}) {
    // 1e-7 and 1e-3 + 1e-7 differ from 0 and 1e-3, which are multiples of the unit, by less than a thousandth
    // of the unit. They must nevertheless not be rounded to these multiples.
    for (const auto& differences : {std::vector<double>(n, 1e-7), std::vector<double>(n, 1e-3 + 1e-7)}) {
      std::vector<double> varying = differences;
      varying.front() = 1e-3;
      const WholeDifferences whole = whole_differences(varying, 1e-3);
      EXPECT_EQ(sign_flip_p(whole), least_sign_flip_p(static_cast<int>(n))) << n;
      const double mean = std::accumulate(varying.begin(), varying.end(), 0.0) / static_cast<double>(n);
      EXPECT_NEAR(whole.mean(), mean, 1e-4 * mean) << n;
    }
  }
}

TEST(SignFlip, ZerosHaveNoSign) {
  EXPECT_DOUBLE_EQ(sign_flip_p(counts({0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})), std::exp2(1 - 12));
  EXPECT_EQ(sign_flip_p(counts(std::vector<std::int64_t>(20, 0))), 1);
  EXPECT_EQ(sign_flip_p(counts({})), 1);
}

TEST(SignFlipInterval, ExcludesZeroIfAndOnlyIfTheTestRejects) {
  std::mt19937 random(11);
  int told = 0;
  constexpr int kDraws = 400;
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::size_t n = 6 + static_cast<std::size_t>(draw % 30);
    WholeDifferences whole = counts(drawn(random, n, draw % 3 == 0 ? 3 : 1, draw % 2 == 0 ? 4 : 20));
    if (draw % 5 == 0) {
      std::vector<double> real(whole.steps.begin(), whole.steps.end());
      for (double& value : real) value = std::sin(value) * 0.01 + value / 300;
      whole = whole_differences(real);
    }
    const double p = sign_flip_p(whole);
    for (const double level : {0.05, 0.005, p, std::nextafter(p, 1.0)}) {
      const Interval found = sign_flip_interval(whole, level);
      EXPECT_EQ(found.low > 0 || found.high < 0, p < level)
          << "seed 11, draw " << draw << ", level " << level;
      EXPECT_LE(found.low, whole.mean() + 1e-9);
      EXPECT_GE(found.high, whole.mean() - 1e-9);
    }
    told += p < 0.05 ? 1 : 0;
  }
  EXPECT_GT(told, kDraws / 10) << "both outcomes must occur";
  EXPECT_LT(told, kDraws / 2);
}

TEST(SignFlipInterval, EndsSeparateRejectedFromKeptShifts) {
  std::mt19937 random(3);
  for (const std::size_t n : {8, 12, 13, 16}) {
    const auto steps = drawn(random, n, 5, 12);
    const Interval found = sign_flip_interval(counts(steps), 0.05);
    constexpr std::int64_t kParts = 1000;
    const auto p_beside = [&](double end, double by) {
      return brute_force_p(steps, std::llround((end + by) * kParts), kParts);
    };
    // Beyond kMostEnumerated, neighboring points of the grid (sign_flip.h) are at most 1/48 of the mean
    // distance from the median apart, which is about 12 * 0.8 / 48 = 0.2.
    const double within = n <= kMostEnumerated ? 0.002 : 0.3;
    EXPECT_GE(p_beside(found.low, within), 0.05) << n;
    EXPECT_GE(p_beside(found.high, -within), 0.05) << n;
    EXPECT_LT(p_beside(found.low, -within), 0.05) << n;
    EXPECT_LT(p_beside(found.high, within), 0.05) << n;
  }
}

TEST(SignFlipInterval, OfManyRunsIsStudents) {
  std::mt19937 random(8);
  const auto steps = drawn(random, 200, 4, 33);
  double squares = 0;
  const double mean = counts(steps).mean();
  for (const std::int64_t step : steps) squares += std::pow(static_cast<double>(step) - mean, 2);
  const double half = 1.9719565 * std::sqrt(squares / 199 / 200);  // scipy.stats.t.ppf(0.975, 199)
  const Interval found = sign_flip_interval(counts(steps), 0.05);
  EXPECT_NEAR(found.low, mean - half, 0.03 * half);
  EXPECT_NEAR(found.high, mean + half, 0.03 * half);
}

TEST(SignFlipInterval, TooFewRunsExcludeNothing) {
  const Interval found = sign_flip_interval(counts({5, 5, 5, 5, 5}), 0.05);
  EXPECT_TRUE(std::isinf(found.low) && std::isinf(found.high));
  EXPECT_TRUE(std::isfinite(sign_flip_interval(counts({5, 5, 5, 5, 5, 5}), 0.05).low));
}

TEST(SignFlipInterval, ConstantDifferencesHaveNoWidth) {
  for (const std::size_t n : {8, 30}) {
    EXPECT_EQ(sign_flip_interval(counts(std::vector<std::int64_t>(n, 3)), 0.05), (Interval{3, 3})) << n;
  }
}

TEST(HolmSteps, JudgeAtTheStepAndStopTogether) {
  const auto steps = holm_steps(std::vector<double>{0.04, 0.001, 0.03, 0.012}, 0.05);
  EXPECT_TRUE(steps[1].rejected && steps[3].rejected);
  EXPECT_FALSE(steps[0].rejected || steps[2].rejected);
  EXPECT_DOUBLE_EQ(steps[1].level, 0.05 / 4);
  EXPECT_DOUBLE_EQ(steps[3].level, 0.05 / 3);
  EXPECT_DOUBLE_EQ(steps[2].level, 0.05 / 2);
  EXPECT_DOUBLE_EQ(steps[0].level, 0.05 / 2) << "0.04 is below its own step, but the procedure has stopped";
}

TEST(PairTests, LeastRuns) {
  EXPECT_EQ(fewest_runs(1), 6);
  EXPECT_EQ(fewest_runs(10), 9);
  EXPECT_EQ(fewest_runs(190), 13);
  EXPECT_EQ(fewest_runs(1'770), 17);
  EXPECT_EQ(fewest_runs(19'900), 20);
}

TEST(PairTests, ToldIfAndOnlyIfTheIntervalExcludesZero) {
  std::mt19937 random(17);
  std::vector<PairTest> tests;
  for (int i = 0; i < 300; ++i) {
    std::vector<double> differences;
    for (const std::int64_t step : drawn(random, 20, i % 4 == 0 ? 30 : 1, 33)) {
      differences.push_back(static_cast<double>(step) / 10'000);
    }
    tests.push_back(test_paired(differences, 1e-4));
  }
  std::size_t told = 0;
  for (const PairDecision& each : decide_pairs(tests)) {
    told += each.told ? 1 : 0;
    EXPECT_EQ(each.told, each.interval->low > 0 || each.interval->high < 0) << "seed 17";
    EXPECT_EQ(each.told, each.p_holm < 0.05) << "seed 17";
    EXPECT_LE(each.simultaneous->low, each.interval->low);
    EXPECT_GE(each.simultaneous->high, each.interval->high);
  }
  EXPECT_GT(told, 20U);
  EXPECT_LT(told, 100U);
}

}  // namespace
}  // namespace gpu_sweep
