// The permutation test of two samples of runs that are not paired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/methods/interval.h"
#include "engine/statistics/methods/resample.h"

namespace gpu_sweep {

/// Returns the smallest number n of runs per model with which one of `pairs` pairs can become significant:
/// 2 pairs / C(2n, n) < 0.05, where the binomial coefficient C(2n, n) is the number of groupings, that is, of
/// ways to divide the runs into two groups of n. Holm's correction multiplies the smallest p by `pairs`.
/// Returns 4 for one pair and 6 for ten.
int fewest_unpaired_runs(std::size_t pairs);

struct UnpairedOptions {
  /// Spacing of the scores, such as 1 / images; 0 if unknown. If the scores are whole multiples of `unit`
  /// apart (are_multiples), the convolution for p() has steps of `unit` and is exact, unless that would take
  /// too long. In all other cases, the convolution rounds the scores to a grid. The grid depends only on the
  /// pooled scores, so that the test keeps its level.
  double unit = 0;
  /// Number of pairs of the family. If regroupings are drawn, there are at least 40 per pair up to 250,000
  /// pairs, so that the family's correction does not make a claim impossible.
  std::size_t pairs = 1;
  std::uint64_t seed = kResampleSeed;
};

/// Tests whether two samples a [n_a] and b [n_b], each of two values or more, have the same mean. The
/// statistic is Welch's t, which keeps the level in large samples even if spreads and sizes differ (Janssen
/// 1997; Chung and Romano 2013). Its null distribution is taken over regroupings of the pooled values. Up to
/// kMostGroupings groupings are enumerated. With more, and if the sizes are equal, the distribution is
/// computed by convolution where this is fast enough; this is possible because t then grows with the
/// difference of the means (Pagano and Tritchler 1983). Otherwise groupings are drawn, and the observed
/// grouping counts as one more (Phipson and Smyth 2010). With equal sizes of 7 to 10, p is enumerated, but
/// convolution finds the ends of the interval. Throws std::invalid_argument if a sample has fewer than two
/// values.
class UnpairedTest {
 public:
  /// Two samples of 10 values have fewer groupings than this; two samples of 11 values have more.
  static constexpr double kMostGroupings = 200'000;

  enum class Null : std::uint8_t { kEnumerated, kConvolved, kDrawn };

  UnpairedTest(std::span<const double> a, std::span<const double> b, const UnpairedOptions& options = {});

  double difference() const { return difference_; }  ///< mean of a minus mean of b
  double p() const { return p_; }                    ///< two-sided, of equal means
  Null null() const { return null_; }
  bool keeps_groupings() const { return !groupings_.empty(); }  ///< if so, the object takes up to 320 MB

  /// Returns the interval of those differences of the means that the test does not reject at level `alpha`.
  /// Zero is outside if and only if p() < alpha. The interval is infinite if there are too few runs to reject
  /// anything at this level.
  Interval interval(double alpha) const;

 private:
  /// A grouping of the pooled values, described by its first group, of n_a values.
  struct Grouping {
    double sum = 0;
    double squares = 0;
    double sum_b = 0;    ///< sum of the group's values that come from b
    double count_b = 0;  ///< number of these values
  };

  void enumerate();
  void draw(int draws);
  double p_at(double shift) const;  ///< p of a difference `shift` between the means; used to find the ends
  double p_by_groupings(double shift) const;
  double p_by_convolution(double shift) const;
  double least_p() const;  ///< the smallest p that this number of runs can give
  double end(double alpha, double direction) const;

  std::vector<double> a_;  ///< the scores a minus the pooled mean
  std::vector<double> b_;  ///< the scores b minus the pooled mean
  UnpairedOptions options_;
  Null null_ = Null::kEnumerated;
  std::vector<Grouping> groupings_;
  bool ends_convolved_ = false;  ///< the ends of the interval are found by convolution
  double steps_ = 0;             ///< number of steps of the convolution's grid
  double difference_ = 0;
  double standard_error_ = 0;
  double p_ = 1;
};

}  // namespace gpu_sweep
