#include "engine/statistics/methods/anytime.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include "engine/statistics/methods/failures.h"
#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

const std::vector<double> kDifferences = {0.3, -0.1, 0.4, 0.2, 0.5};

/// Returns the mixture of which M is the closed form (AnytimeTest). It is the mean of exp(l S - l^2 V / 2)
/// over normal slopes l with variance rho that are at least `from`, computed by the trapezoidal rule. S and V
/// are the sums of kDifferences and of their squares.
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

TEST(Anytime, EqualsScipysIntegrals) {
  for (const auto& expected : reference("anytime")) {
    const std::vector<double> differences = numbers(expected.at("differences"));
    EXPECT_AS_SCIPY(anytime_p(differences, 0), expected.at("p"));
    EXPECT_AS_SCIPY(anytime_equivalence_p(differences, 0, expected.at("limit")),
                    expected.at("equivalence_p"));
    // The ends are found to 1e-9 of their distance from the mean.
    const Interval found = anytime_interval(differences, 0, 0.05);
    const double low = expected.at("interval").at(0);
    const double high = expected.at("interval").at(1);
    EXPECT_NEAR(found.low, low, 1e-9 * (high - low));
    EXPECT_NEAR(found.high, high, 1e-9 * (high - low));
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

std::vector<double> noise(int n, double mean, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> draw(mean, 0.003);
  std::vector<double> values;
  for (int i = 0; i < n; ++i) values.push_back(std::round(1e4 * draw(random)) / 1e4);
  return values;
}

TEST(AnytimeP, DependsOnNoScaleAndOnNoSignOfTheFirstSizes) {
  std::vector<double> values = noise(20, 0.001, 1);
  const double rho = rho_of_sizes(values, 0);
  const double p = anytime_p(values, 0);
  for (double& each : values) each *= 1000;
  EXPECT_NEAR(anytime_p(values, 0), p, 1e-9);
  values[2] *= -1;
  EXPECT_NEAR(rho_of_sizes(values, 0), rho / 1e6, 1e-9 * rho);
  EXPECT_NE(anytime_p(values, 0), p);
}

TEST(AnytimeP, IsTheLeastOfAllLooks) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const std::vector<double> values = noise(60, 0.002, seed);
    double least = 1;
    for (std::size_t n = 1; n <= values.size(); ++n) {
      const double p = anytime_p(std::span(values).first(n), 1e-4);
      EXPECT_TRUE(n >= kSizesForRho || p == 1) << n;
      EXPECT_LE(p, least) << "seed " << seed << ", " << n << " differences";
      least = p;
    }
    EXPECT_LT(least, 0.05) << "seed " << seed;
  }
}

TEST(AnytimeP, NeverContradictsTheMean) {
  std::vector<double> values(20, 0.01);
  EXPECT_LT(anytime_p(values, 0), 0.001);
  values.insert(values.end(), 30, -0.01);
  EXPECT_EQ(anytime_p(values, 0), 1) << "told for the first model after 20 seeds, whose mean is now lower";
}

TEST(AnytimeP, EqualScoresTellNothing) {
  EXPECT_EQ(anytime_p(std::vector<double>(50, 0.0), 1e-4), 1);
  EXPECT_LT(anytime_equivalence_p(std::vector<double>(50, 0.0), 1e-4, 0.001), 0.001);
}

TEST(AnytimeInterval, ExcludesZeroIfAndOnlyIfTheTestRejects) {
  int told = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    const std::vector<double> values = noise(10 + static_cast<int>(seed), 0.001, seed);
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    for (const double level : {0.3, 0.05, 0.005}) {
      const Interval found = anytime_interval(values, 1e-4, level);
      const bool excludes = found.low > 0 || found.high < 0;
      EXPECT_EQ(excludes, anytime_p(values, 1e-4) < level) << "seed " << seed << ", level " << level;
      EXPECT_TRUE(found.low <= mean && mean <= found.high) << "seed " << seed << ", level " << level;
      if (std::isfinite(found.low) && found.low < 0) {
        EXPECT_NEAR(anytime_p(values, 1e-4, found.low), level, 1e-6);
      }
      told += excludes ? 1 : 0;
    }
  }
  EXPECT_GT(told, 10);
  EXPECT_LT(told, 100);
}

TEST(AnytimeInterval, IsInfiniteWithFewDifferences) {
  EXPECT_TRUE(std::isinf(anytime_interval(noise(5, 0, 1), 0, 0.05).high));
  EXPECT_TRUE(std::isinf(anytime_interval(noise(8, 0.1, 1), 0, 0.05).low));
  EXPECT_TRUE(std::isfinite(anytime_interval(noise(12, 0.1, 1), 0, 0.05).low));
}

TEST(AnytimeInterval, OfEqualDifferencesIsTheirValue) {
  const Interval found = anytime_interval(std::vector<double>(30, 0.02), 0, 0.05);
  EXPECT_GT(found.low, 0);
  EXPECT_NEAR(found.low, 0.02, 0.01);
  EXPECT_NEAR(found.high, 0.02, 0.01);
}

TEST(FewestAnytimeRuns, LessCannotTellWhateverTheScores) {
  EXPECT_EQ(fewest_anytime_runs(1), 10);
  EXPECT_EQ(fewest_anytime_runs(10), 15);
  EXPECT_EQ(fewest_anytime_runs(190), 21);
  double least = 1;
  // The later differences grow, so that rho V takes many sizes.
  for (int growth = 0; growth < 400; ++growth) {
    std::vector<double> values;
    for (int i = 0; i < 9; ++i) values.push_back(i < kSizesForRho ? 1 : 1 + growth / 20.0);
    least = std::min(least, anytime_p(values, 0));
  }
  EXPECT_GT(least, 0.05);
  EXPECT_LT(anytime_p(std::vector<double>(12, 1.0), 0), 0.05);
}

TEST(Anytime, NothingSeenIsNoEvidence) { EXPECT_EQ(AnytimeTest(1).p(), 1); }

TEST(AnytimeShare, HoldsForAllNumbersOfRunsTogether) {
  EXPECT_NEAR(anytime_share_interval(0, 5).high, 1 - std::pow(120, -0.2), 1e-12);
  EXPECT_EQ(anytime_share_interval(0, 5).low, 0);
  EXPECT_EQ(anytime_share_interval(3, 3).high, 1);
  std::mt19937 random(5);
  constexpr int kSequences = 200;
  int excluded = 0;
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    int events = 0;
    bool holds = true;
    for (int n = 1; n <= 60; ++n) {
      events += random() % 10 == 0 ? 1 : 0;
      const Interval found = anytime_share_interval(events, n);
      holds = holds && found.low <= 0.1 && 0.1 <= found.high;
    }
    excluded += holds ? 0 : 1;
  }
  EXPECT_LE(excluded, 0.05 * kSequences);
}

}  // namespace
}  // namespace gpu_sweep
