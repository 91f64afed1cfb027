#include "engine/statistics/methods/unpaired.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "engine/statistics/methods/convolution.h"
#include "engine/statistics/methods/resample.h"
#include "tests/statistics/reference_data.h"

namespace gpu_sweep {
namespace {

using Null = UnpairedTest::Null;

/// Returns the absolute value of Welch's t, computed by the textbook formula.
double welch(const std::vector<double>& a, const std::vector<double>& b) {
  const auto mean_and_error = [](const std::vector<double>& x) {
    const auto n = static_cast<double>(x.size());
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double squares = 0;
    for (const double value : x) squares += (value - mean) * (value - mean);
    return std::pair{mean, squares / (n - 1) / n};
  };
  const auto [mean_a, error_a] = mean_and_error(a);
  const auto [mean_b, error_b] = mean_and_error(b);
  return std::abs(mean_a - mean_b) / std::sqrt(error_a + error_b);
}

/// Returns the share of regroupings of the pooled runs for which |t| is at least the observed |t|. All
/// regroupings are tried, as bit patterns.
double brute_force_p(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> pool(a);
  pool.insert(pool.end(), b.begin(), b.end());
  const double observed = welch(a, b);
  int as_far = 0;
  int all = 0;
  for (unsigned pattern = 0; pattern < 1u << pool.size(); ++pattern) {
    std::vector<double> first, second;
    for (std::size_t i = 0; i < pool.size(); ++i) {
      ((pattern >> i & 1) != 0 ? first : second).push_back(pool[i]);
    }
    if (first.size() != a.size()) continue;
    ++all;
    as_far += welch(first, second) >= observed * (1 - 1e-10) ? 1 : 0;
  }
  return static_cast<double>(as_far) / all;
}

/// Returns the share that brute_force_p returns, but only for two samples of equal size. For such samples,
/// |t| grows with the difference of the means, so it is enough to compare sums.
double brute_force_halves_p(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> pool(a);
  pool.insert(pool.end(), b.begin(), b.end());
  const double total = std::accumulate(pool.begin(), pool.end(), 0.0);
  const double observed = std::abs(2 * std::accumulate(a.begin(), a.end(), 0.0) - total);
  int as_far = 0;
  int all = 0;
  for (unsigned pattern = 0; pattern < 1u << pool.size(); ++pattern) {
    if (static_cast<std::size_t>(std::popcount(pattern)) != a.size()) continue;
    double sum = 0;
    for (std::size_t i = 0; i < pool.size(); ++i) sum += (pattern >> i & 1) != 0 ? pool[i] : 0;
    ++all;
    as_far += std::abs(2 * sum - total) >= observed - 1e-9 ? 1 : 0;
  }
  return static_cast<double>(as_far) / all;
}

std::vector<double> shifted(std::vector<double> values, double shift) {
  for (double& value : values) value += shift;
  return values;
}

std::vector<double> normal(std::mt19937_64& random, std::size_t n, double mean, double spread,
                           double unit = 0) {
  std::normal_distribution<double> draw(mean, spread);
  std::vector<double> values(n);
  for (double& value : values) {
    value = draw(random);
    if (unit > 0) value = unit * std::round(value / unit);
  }
  return values;
}

TEST(Unpaired, EqualsBruteForce) {
  std::mt19937_64 random(1);
  for (const auto& [n_a, n_b] : {std::pair{4, 4}, {6, 6}, {3, 7}, {8, 5}, {2, 9}}) {
    const auto a = normal(random, static_cast<std::size_t>(n_a), 0.3, 1);
    const auto b = normal(random, static_cast<std::size_t>(n_b), 0, 2);
    const UnpairedTest test(a, b);
    EXPECT_EQ(test.null(), Null::kEnumerated);
    EXPECT_NEAR(test.p(), brute_force_p(a, b), 1e-12) << n_a << " and " << n_b << ", seed 1";
  }
}

TEST(Unpaired, EqualsScipy) {
  for (const auto& expected : reference("unpaired")) {
    const UnpairedTest test(numbers(expected.at("a")), numbers(expected.at("b")));
    EXPECT_EQ(test.null(), Null::kEnumerated);
    EXPECT_AS_SCIPY(test.p(), expected.at("p"));
  }
}

TEST(Unpaired, TiedScoresCountAsFar) {
  // If all values are equal, every regrouping has the observed statistic.
  EXPECT_EQ(UnpairedTest(std::vector<double>(4, 0.9), std::vector<double>(4, 0.9)).p(), 1);
  EXPECT_EQ(UnpairedTest(std::vector<double>(3, 0.9), std::vector<double>(6, 0.9)).p(), 1);
  // Among the 70 groupings of two constant samples, only the observed one and its mirror image have means
  // that are so far apart.
  EXPECT_NEAR(UnpairedTest(std::vector<double>(4, 0.8), std::vector<double>(4, 0.9)).p(), 2.0 / 70, 1e-12);
}

TEST(Unpaired, ConvolutionEqualsEnumeration) {
  std::mt19937_64 random(2);
  for (const std::size_t n : {4u, 7u, 10u}) {
    const auto a = normal(random, n, 20, 4, 1);
    const auto b = normal(random, n, 17, 7, 1);
    std::vector<double> pool(a);
    pool.insert(pool.end(), b.begin(), b.end());
    const double least = *std::min_element(pool.begin(), pool.end());
    std::vector<int> counts;
    for (const double value : pool) counts.push_back(static_cast<int>(value - least));
    EXPECT_NEAR(halves_p(counts), UnpairedTest(a, b).p(), 1e-12) << n << ", seed 2";
  }
}

TEST(Unpaired, ConvolutionWithAUnitIsExactAndOtherwiseNearlySo) {
  // Two samples of 11 runs have 705,432 groupings. Of samples of equal size, they are the smallest whose
  // groupings are not enumerated.
  std::mt19937_64 random(3);
  const double unit = 1e-4;
  const auto a = normal(random, 11, 0.9005, 0.003, unit);
  const auto b = normal(random, 11, 0.8985, 0.003, unit);
  UnpairedOptions exact;
  exact.unit = unit;
  const UnpairedTest with_unit(a, b, exact);
  EXPECT_EQ(with_unit.null(), Null::kConvolved);
  EXPECT_NEAR(with_unit.p(), brute_force_halves_p(a, b), 1e-12) << "seed 3";

  const auto c = normal(random, 11, 1.2, 1);
  const auto d = normal(random, 11, 0, 1);
  const double p = brute_force_halves_p(c, d);
  EXPECT_NEAR(UnpairedTest(c, d).p(), p, 0.01 * p) << "seed 3";
}

TEST(Unpaired, AUnitThatTheScoresAreNotMultiplesOfIsNotUsed) {
  std::mt19937_64 random(9);
  // These are F1 scores of 50 answers. If they were taken for multiples of 1 / 50, all would be rounded to
  // 0.7.
  const auto a = normal(random, 20, 0.700, 0.001);
  const auto b = normal(random, 20, 0.704, 0.001);
  UnpairedOptions options;
  options.unit = 1.0 / 50;
  EXPECT_LT(UnpairedTest(a, b, options).p(), 1e-6) << "seed 9";
  EXPECT_EQ(UnpairedTest(a, b, options).p(), UnpairedTest(a, b).p());
  // These are squared errors of about 1e-7, which are not multiples of 1e-6.
  options.unit = 1e-6;
  const auto c = normal(random, 12, 5e-7, 1e-8);
  const auto d = normal(random, 12, 2e-7, 1e-8);
  EXPECT_LT(UnpairedTest(c, d, options).p(), 1e-5) << "seed 9";
}

TEST(Unpaired, DrawsAgreeWithEnumeration) {
  std::mt19937_64 random(4);
  const auto a = normal(random, 5, 0.6, 1);
  const auto b = normal(random, 40, 0, 1);  // 1,221,759 groupings
  const UnpairedTest drawn(a, b);
  EXPECT_EQ(drawn.null(), Null::kDrawn);
  UnpairedOptions other;
  other.seed = 5;
  other.pairs = 10'000;  // 400,000 draws
  const double p = UnpairedTest(a, b, other).p();
  EXPECT_GT(p, 0.02) << "a p that tells something, seed 4";
  EXPECT_NEAR(drawn.p(), p, 5 * std::sqrt(p * (1 - p) / kResamples));
}

TEST(Unpaired, ManyPairsDrawEnoughForTheirCorrection) {
  std::mt19937_64 random(4);
  const auto a = normal(random, 10, 100, 1);
  const auto b = normal(random, 30, 0, 1);
  for (const std::size_t pairs : {1u, 1'000u, 19'900u}) {
    UnpairedOptions options;
    options.pairs = pairs;
    EXPECT_LT(UnpairedTest(a, b, options).p() * static_cast<double>(pairs), 0.05) << pairs;
  }
}

TEST(Unpaired, IntervalEndsAreWhereTheTestBeginsToReject) {
  std::mt19937_64 random(6);
  for (const auto& [n_a, n_b] : {std::pair{7, 7}, {12, 12}, {5, 9}, {6, 40}}) {
    const auto a = normal(random, static_cast<std::size_t>(n_a), 1, 1);
    const auto b = normal(random, static_cast<std::size_t>(n_b), 0, 1);
    const UnpairedTest test(a, b);
    for (const double alpha : {0.05, 0.01}) {
      const Interval found = test.interval(alpha);
      ASSERT_LT(found.low, test.difference());
      ASSERT_GT(found.high, test.difference());
      const double width = found.high - found.low;
      const auto p = [&](double difference) { return UnpairedTest(a, shifted(b, difference)).p(); };
      EXPECT_GE(p(found.low + 0.02 * width), alpha) << n_a << " and " << n_b << ", seed 6";
      EXPECT_LT(p(found.low - 0.02 * width), alpha) << n_a << " and " << n_b << ", seed 6";
      EXPECT_GE(p(found.high - 0.02 * width), alpha) << n_a << " and " << n_b << ", seed 6";
      EXPECT_LT(p(found.high + 0.02 * width), alpha) << n_a << " and " << n_b << ", seed 6";
    }
  }
}

TEST(Unpaired, ConvolvedEndsAreNearThoseOfEnumeration) {
  // With 10 and 10 scores, p is computed by enumerating 184,756 groupings. The ends of intervals are computed
  // by convolution. They differ from enumerated ends only because values are rounded to the grid.
  std::mt19937_64 random(10);
  for (const double difference : {0.0, 1.0, 3.0}) {
    const auto a = normal(random, 10, difference, 1);
    const auto b = normal(random, 10, 0, 1);
    EXPECT_NEAR(UnpairedTest(a, b).p(), brute_force_halves_p(a, b), 1e-12) << "seed 10";
    const Interval found = UnpairedTest(a, b).interval(0.05);
    const double near = 0.005 * (found.high - found.low);
    for (const double end : {found.low, found.high}) {
      const double outwards = end == found.low ? -near : near;
      EXPECT_LT(brute_force_halves_p(a, shifted(b, end + outwards)), 0.05) << difference << ", seed 10";
      EXPECT_GE(brute_force_halves_p(a, shifted(b, end - outwards)), 0.05) << difference << ", seed 10";
    }
  }
}

TEST(Unpaired, ToldExactlyIfZeroIsOutside) {
  std::mt19937_64 random(7);
  int told = 0;
  int trials = 0;
  for (const auto& [n_a, n_b] : {std::pair{4, 4}, {7, 7}, {9, 9}, {12, 12}, {20, 5}, {6, 5}}) {
    for (int i = 0; i < 20; ++i) {
      // These are accuracies on 100 images, so that there are ties, and p can be exactly at the level.
      const auto a = normal(random, static_cast<std::size_t>(n_a), 0.8, 0.03, 0.01);
      const auto b = normal(random, static_cast<std::size_t>(n_b), 0.78, 0.03, 0.01);
      const UnpairedTest test(a, b);
      for (const double alpha : {0.05, test.p(), std::min(1.01 * test.p(), 0.5)}) {
        const Interval found = test.interval(alpha);
        const bool outside = found.low > 0 || found.high < 0;
        EXPECT_EQ(outside, test.p() < alpha) << n_a << " and " << n_b << ", trial " << i << ", seed 7";
        told += outside ? 1 : 0;
        ++trials;
      }
    }
  }
  EXPECT_GT(told, trials / 4);
  EXPECT_LT(told, trials);
}

double groupings_of(int n, int k) {
  return std::round(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)));
}

TEST(Unpaired, ConstantScoresOfTwoModels) {
  // The mean of equal values must not be rounded: in floating point, the sum of six 0.95, divided by 6, is
  // not 0.95.
  for (const auto& [value_a, value_b] : {std::pair{0.92, 0.95}, {0.1, 0.3}, {0.7, 0.1}, {1e-7, 3e-7}}) {
    for (const auto& [n_a, n_b] :
         {std::pair{4, 4}, {5, 5}, {6, 6}, {6, 7}, {9, 4}, {10, 10}, {12, 12}, {12, 14}}) {
      const UnpairedTest test(std::vector<double>(static_cast<std::size_t>(n_a), value_a),
                              std::vector<double>(static_cast<std::size_t>(n_b), value_b));
      const auto what = testing::Message() << n_a << " x " << value_a << ", " << n_b << " x " << value_b;
      const double least = test.null() == Null::kDrawn ? 1.0 / (kResamples + 1)
                                                       : (n_a == n_b ? 2 : 1) / groupings_of(n_a + n_b, n_a);
      EXPECT_NEAR(test.p(), least, 1e-9 * least) << what;
      const Interval found = test.interval(0.05);
      EXPECT_EQ(found.low, value_a - value_b) << what;
      EXPECT_EQ(found.high, value_a - value_b) << what;
    }
  }
}

TEST(Unpaired, ConstantScoresOfOneModel) {
  std::mt19937_64 random(8);
  for (const double spread : {1e-3, 1e-9, 1e-12, 1e-14}) {
    for (const auto& [n_a, n_b] : {std::pair{5, 5}, {6, 6}, {6, 7}, {7, 6}, {10, 10}, {12, 12}}) {
      const std::vector<double> a(static_cast<std::size_t>(n_a), 0.92);
      const std::vector<double> b = normal(random, static_cast<std::size_t>(n_b), 0.95, spread);
      for (const auto& test : {UnpairedTest(a, b), UnpairedTest(b, a)}) {
        EXPECT_LT(test.p(), 0.01) << n_a << " and " << n_b << ", " << spread << ", seed 8";
        const Interval found = test.interval(0.05);
        const double near = 3 * spread + 1e-7 * std::abs(test.difference());  // regroupings are rounded
        EXPECT_NEAR(found.low, test.difference(), near) << n_a << " and " << n_b << ", seed 8";
        EXPECT_NEAR(found.high, test.difference(), near) << n_a << " and " << n_b << ", seed 8";
      }
    }
  }
}

TEST(Unpaired, IntervalOfTooFewRunsIsInfinite) {
  const UnpairedTest test(std::vector<double>{1, 2, 3}, std::vector<double>{11, 12, 13});
  EXPECT_EQ(test.p(), 0.1);  // 2 / 20
  EXPECT_TRUE(std::isinf(test.interval(0.05).low));
  EXPECT_TRUE(std::isinf(test.interval(0.05).high));
}

TEST(Unpaired, FarApartRunsHaveTheLeastP) {
  // Exactly 2 of 20 and 1 of 10 groupings are as extreme, no matter how far apart the samples are.
  const std::vector<double> a = {0.5001, 0.5017, 0.4985};
  for (const double distance : {0.01, 1.0, 100.0}) {
    const std::vector<double> three = {a[0] + distance, a[1] + distance, a[2] + distance};
    EXPECT_NEAR(UnpairedTest(a, three).p(), 2.0 / 20, 1e-12) << distance;
    EXPECT_TRUE(std::isinf(UnpairedTest(a, three).interval(0.05).low)) << distance;
    EXPECT_NEAR(UnpairedTest(a, std::vector<double>{three[0], three[1]}).p(), 1.0 / 10, 1e-12) << distance;
  }
}

TEST(Unpaired, FewestRuns) {
  const auto pairs = [](std::size_t models) { return models * (models - 1) / 2; };
  EXPECT_EQ(fewest_unpaired_runs(pairs(2)), 4);
  EXPECT_EQ(fewest_unpaired_runs(pairs(5)), 6);
  EXPECT_EQ(fewest_unpaired_runs(pairs(20)), 8);
  EXPECT_EQ(fewest_unpaired_runs(pairs(60)), 10);
  EXPECT_EQ(fewest_unpaired_runs(pairs(200)), 12);
}

TEST(Unpaired, RefusesSingleRuns) {
  EXPECT_THROW(UnpairedTest(std::vector<double>{1}, std::vector<double>{1, 2}), std::invalid_argument);
}

}  // namespace
}  // namespace gpu_sweep
