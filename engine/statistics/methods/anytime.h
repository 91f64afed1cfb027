// A test of paired differences that stays valid under any number of looks.
#pragma once

#include <cstdint>

namespace gpu_sweep {

/// Tests whether independent differences d_1, d_2, ... that are symmetric about their mean have mean 0.
/// Differences may be added until the test rejects. With S = sum d and V = sum d^2,
///   M = (1 + rho V)^(-1/2) exp(rho S^2 / (2 (1 + rho V)))
/// has expectation 1 at most (de la Pena 1999; de la Pena, Klass and Lai 2004; Howard et al. 2021), so by
/// Ville's inequality p = 1 / max M is below alpha in at most a share alpha of all sequences with mean 0,
/// whenever they are stopped. Not valid for skewed differences.
class AnytimeTest {
 public:
  enum class Sides : std::uint8_t { kTwo, kGreater };

  /// `rho` > 0 must not depend on the differences; see anytime_rho. With kGreater, only a mean above 0 is
  /// found: M is then the mixture over positive slopes, 2 Phi(S sqrt(rho / (1 + rho V))) times the above.
  explicit AnytimeTest(double rho, Sides sides = Sides::kTwo) : rho_(rho), sides_(sides) {}

  void add(double difference);

  int n() const { return n_; }
  double p() const { return p_; }  ///< 1 / the largest M so far, at most 1
  double log_statistic() const;    ///< log M now

 private:
  double rho_;
  Sides sides_;
  int n_ = 0;
  double sum_ = 0;
  double squares_ = 0;
  double p_ = 1;
};

/// Returns the rho with which a mean of `smallest` > 0, the smallest that matters, is found soonest if the
/// differences have the standard deviation `spread` > 0: (smallest / spread^2)^2, the square of the slope
/// S / V to be expected. Both are guesses made before the first run. Bad guesses cost runs, but not validity.
double anytime_rho(double smallest, double spread);

}  // namespace gpu_sweep
