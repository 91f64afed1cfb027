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
/// 2 pairs / (2n over n) < 0.05, where (2n over n) is the number of groupings. Holm's correction multiplies
/// the smallest p by `pairs`. 4 for one pair, 6 for ten.
int fewest_unpaired_runs(std::size_t pairs);

struct UnpairedOptions {
  /// Spacing of the scores, such as 1 / images; 0 if unknown. With it, the convolution for p() is exact if it
  /// is fast enough. Otherwise, or if the scores are not whole multiples of it apart (are_multiples),
  /// convolution rounds them to a grid that depends only on the pooled scores, so that the test keeps its
  /// level.
  double unit = 0;
  /// Number of pairs of the family. At least 40 regroupings per pair are drawn, so that the family's
  /// correction never makes a claim impossible.
  std::size_t pairs = 1;
  std::uint64_t seed = kResampleSeed;
};

/// Tests whether two samples a [n_a] and b [n_b], each of two values or more, have the same mean. The
/// statistic is Welch's t, which keeps the level even where spreads and sizes differ (Janssen 1997; Chung and
/// Romano 2013). Its null distribution is taken over all regroupings of the pooled values: enumerated up to
/// kMostGroupings; by convolution where the sizes are equal and this is fast enough, since t then grows with
/// the difference of the means (Pagano and Tritchler 1983); otherwise drawn, with the observed grouping
/// counted as one more (Phipson and Smyth 2010). With equal sizes of at least 7, the ends of the interval are
/// found by convolution even where p is enumerated. Throws std::invalid_argument for smaller samples.
class UnpairedTest {
 public:
  /// The groupings of 12 and 12 values exceed this, those of 10 and 10 do not.
  static constexpr double kMostGroupings = 200'000;

  enum class Null : std::uint8_t { kEnumerated, kConvolved, kDrawn };

  UnpairedTest(std::span<const double> a, std::span<const double> b, const UnpairedOptions& options = {});

  double difference() const { return difference_; }  ///< mean of a minus mean of b
  double p() const { return p_; }                    ///< two-sided, of equal means
  Null null() const { return null_; }
  bool keeps_groupings() const { return !groupings_.empty(); }  ///< if so, the object takes up to megabytes

  /// Returns the differences of the means that the same test does not reject at level `alpha`. Zero is
  /// outside if and only if p() < alpha. Infinite if so few runs can reject nothing at this level.
  Interval interval(double alpha) const;

 private:
  /// A grouping of the pooled values, described by its first group, of n_a values.
  struct Grouping {
    double sum = 0;
    double squares = 0;
    double sum_b = 0;    ///< of the group's values that come from b
    double count_b = 0;  ///< number of these values
  };

  void enumerate();
  void draw(int draws);
  double p_at(double shift) const;  ///< p of a difference of `shift` between the means, to find the ends
  double p_by_groupings(double shift) const;
  double p_by_convolution(double shift) const;
  double least_p() const;  ///< the smallest p that so many runs can give
  double end(double alpha, double direction) const;

  std::vector<double> a_;  ///< minus the pooled mean
  std::vector<double> b_;  ///< minus the pooled mean
  UnpairedOptions options_;
  Null null_ = Null::kEnumerated;
  std::vector<Grouping> groupings_;
  bool ends_convolved_ = false;  ///< the ends of the interval are found by convolution
  double steps_ = 0;             ///< of the grid of the convolution
  double difference_ = 0;
  double standard_error_ = 0;
  double p_ = 1;
};

}  // namespace gpu_sweep
