// A test of paired differences that stays valid under any number of looks at the results.
#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// Tests whether independent differences d_1, d_2, ... that are symmetric about their mean have mean 0.
/// Differences may be added until the test rejects. With S = sum d and V = sum d^2,
///   M = (1 + rho V)^(-1/2) exp(rho S^2 / (2 (1 + rho V)))
/// has expectation at most 1 (de la Pena 1999; de la Pena, Klass and Lai 2004; Howard et al. 2021), so by
/// Ville's inequality p = 1 / max M is below alpha in at most a share alpha of all sequences with mean 0,
/// whenever they are stopped. The test is not valid for skewed differences.
class AnytimeTest {
 public:
  enum class Sides : std::uint8_t { kTwo, kGreater };

  /// `rho` > 0 must not depend on the signs of the differences; see anytime_rho and rho_of_sizes. M is the
  /// mean of exp(l S - l^2 V / 2) over normal slopes l with mean 0 and variance rho. With kGreater, the test
  /// finds only a mean above 0: M is then the mean over positive slopes only, which is the M above times
  /// 2 Phi(S sqrt(rho / (1 + rho V))), with the normal distribution function Phi.
  explicit AnytimeTest(double rho, Sides sides = Sides::kTwo) : rho_(rho), sides_(sides) {}

  void add(double difference);

  int n() const { return n_; }
  double p() const { return p_; }  ///< 1 / the largest M so far, at most 1
  double log_statistic() const;    ///< log M now
  double sum() const { return sum_; }
  /// The sum S at the time when M was largest. Its sign is the side of 0 on which the test found the mean.
  double sum_at_p() const { return sum_at_p_; }

 private:
  double rho_;
  Sides sides_;
  int n_ = 0;
  double sum_ = 0;
  double squares_ = 0;
  double p_ = 1;
  double sum_at_p_ = 0;
};

/// Returns a rho that suits differences with the mean `smallest` > 0, the smallest one that matters, and the
/// standard deviation `spread` > 0. The result is (smallest / spread^2)^2, about the square of the expected S
/// / V. Both arguments are guesses made before the first run. Bad guesses cost runs, but the test stays
/// valid.
double anytime_rho(double smallest, double spread);

/// Number of differences whose magnitudes determine rho: the first ones. With fewer differences, anytime_p is
/// 1.
constexpr int kSizesForRho = 6;

/// Returns the rho for `differences` [n >= kSizesForRho] of any scale: 0.3 divided by the mean square of the
/// first kSizesForRho differences. If differences are symmetric about 0, their signs do not depend on their
/// magnitudes, so the test stays valid although this rho depends on the magnitudes. `unit` is the smallest
/// step of the metric, or 0. If the first kSizesForRho differences are all zero, unit^2 stands for the sum of
/// their squares, or 1 if `unit` is 0.
double rho_of_sizes(std::span<const double> differences, double unit);

/// Returns the two-sided p of the hypothesis that the differences [n], in the order of their seeds, are
/// symmetric about `shift`. The p is valid at every number of looks (AnytimeTest with rho_of_sizes). Returns
/// 1 if the mean is `shift`, or on the other side of it than when the evidence was strongest, because no
/// claim may contradict the mean of all differences.
double anytime_p(std::span<const double> differences, double unit, double shift = 0);

/// Returns the p of the hypothesis that the differences are symmetric about a mean whose magnitude is
/// `limit` > 0 or more: the greater p of two one-sided tests, each valid at every number of looks.
double anytime_equivalence_p(std::span<const double> differences, double unit, double limit);

/// Returns the shifts around the mean whose anytime_p is `level` or more, to 1e-9 of their distance from the
/// mean. 0 is outside if and only if anytime_p < level. The interval is infinite if there are too few
/// differences to exclude any shift. The intervals after 1, 2, 3, ... differences hold jointly with a
/// probability of at least 1 - level.
Interval anytime_interval(std::span<const double> differences, double unit, double level);

/// Returns the least number n of differences with which one of `pairs` pairs can be told apart at 5 % if rho
/// is the best one. It follows from the largest M over all rho V, n^(-1/2) exp((n - 1) / 2), which n equal
/// differences reach. Returns 10 for one pair, 15 for ten and 21 for 190.
int fewest_anytime_runs(std::size_t pairs);

}  // namespace gpu_sweep
