// A test of paired differences that stays valid under any number of looks.
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
/// whenever they are stopped. Not valid for skewed differences.
class AnytimeTest {
 public:
  enum class Sides : std::uint8_t { kTwo, kGreater };

  /// `rho` > 0 must not depend on the signs of the differences; see anytime_rho and rho_of_sizes. With
  /// kGreater, only a mean above 0 is found: M is then the mixture over positive slopes, 2 Phi(S sqrt(rho /
  /// (1 + rho V))) times the above.
  explicit AnytimeTest(double rho, Sides sides = Sides::kTwo) : rho_(rho), sides_(sides) {}

  void add(double difference);

  int n() const { return n_; }
  double p() const { return p_; }  ///< 1 / the largest M so far, at most 1
  double log_statistic() const;    ///< log M now
  double sum() const { return sum_; }
  /// The sum S when M was largest: its sign is the side on which the test found the mean.
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

/// Returns the rho with which a mean of `smallest` > 0, the smallest that matters, is found soonest if the
/// differences have the standard deviation `spread` > 0: (smallest / spread^2)^2, the square of the slope
/// S / V to be expected. Both are guesses made before the first run. Bad guesses cost runs, but not validity.
double anytime_rho(double smallest, double spread);

/// With fewer differences than this, anytime_p is 1. The sizes of the first kSizesForRho determine rho.
constexpr int kSizesForRho = 6;

/// Returns the rho for `differences` [n >= kSizesForRho] of any scale: 0.3 over the mean square of the first
/// kSizesForRho. Differences that are symmetric about 0 have signs that do not depend on their sizes, so that
/// the test stays valid with this rho. `unit` is the smallest step of the metric, or 0; it replaces a mean
/// square of zero.
double rho_of_sizes(std::span<const double> differences, double unit);

/// Returns the two-sided p of the hypothesis that the differences [n], in the order of their seeds, are
/// symmetric about `shift`. Valid at every number of looks (AnytimeTest with rho_of_sizes). Returns 1 if the
/// mean was on the opposite side of `shift` when the evidence was strongest: no claim may contradict the mean
/// of all differences.
double anytime_p(std::span<const double> differences, double unit, double shift = 0);

/// Returns the p of the hypothesis that the differences are symmetric about a mean whose magnitude is
/// `limit` > 0 or more: the greater p of two one-sided tests, each valid at every number of looks.
double anytime_equivalence_p(std::span<const double> differences, double unit, double limit);

/// Returns the shifts around the mean whose anytime_p is `level` or more, to 1e-9 of their distance from the
/// mean. 0 is outside if and only if anytime_p < level. Infinite if so few differences exclude nothing. The
/// intervals at all numbers of differences hold jointly with probability 1 - level.
Interval anytime_interval(std::span<const double> differences, double unit, double level);

/// Returns the least number of differences with which one of `pairs` pairs can be told at 5 % whatever rho
/// is: max M over rho V is n^(-1/2) exp((n - 1) / 2). 10 for one pair, 15 for ten, 21 for 190.
int fewest_anytime_runs(std::size_t pairs);

}  // namespace gpu_sweep
