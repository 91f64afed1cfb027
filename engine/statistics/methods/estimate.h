// A mean with a standard error and degrees of freedom: tests and intervals by Student's t.
#pragma once

#include <span>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

struct Estimate {
  double mean = 0;
  double standard_error = 0;
  double degrees = 1;  ///< of freedom, > 0

  /// Returns the two-sided p of the hypothesis that the true mean is `value`. If the standard error is 0, p
  /// is 0 or 1.
  double p(double value = 0) const;

  /// Returns the interval of all true means that p() does not reject at level `alpha` in (0, 1).
  Interval interval(double alpha = 1 - kConfidence) const;

  /// Returns the p of the hypothesis that the true mean is -`limit` or less, or `limit` or more. It comes
  /// from two one-sided tests (Schuirmann 1987; Lakens 2017): it is the greater of
  /// P(T <= (mean - limit) / se) and P(T >= (mean + limit) / se), where se is the standard error. It is below
  /// `alpha` < 1/2 if and only if interval(2 alpha) lies strictly between -`limit` and `limit`.
  double equivalence_p(double limit) const;
};

/// Returns the mean of independent values [n], n >= 2, with the standard error s / sqrt(n), where s^2 is the
/// sample variance. Throws std::invalid_argument if n < 2.
Estimate estimate_of(std::span<const double> values);

/// Returns the mean of differences [n], n >= 2, between two models over folds or random splits of the same
/// data. Because training sets overlap, the differences are correlated. The standard error is therefore
/// s sqrt(1 / n + test_to_train), where `test_to_train` is the number of test rows per training row (Nadeau
/// and Bengio 2003). For k folds this number is 1 / (k - 1), even if the folds are repeated (Bouckaert and
/// Frank 2004). Throws std::invalid_argument if n < 2.
Estimate resampled_estimate(std::span<const double> differences, double test_to_train);

}  // namespace gpu_sweep
