// The signed-rank test of paired differences.
#pragma once

#include <span>

namespace gpu_sweep {

struct WilcoxonResult {
  double statistic = 0;  ///< the smaller of the rank sums of positive and of negative differences
  double p = 1;          ///< two-sided
  bool exact = false;    ///< from the statistic's own distribution, not from the normal approximation
};

/// Wilcoxon's signed-rank test with Pratt's treatment of zeros: they are ranked and their ranks left out.
/// Exact for at most 50 differences without zeros and ties; otherwise the normal approximation with the
/// corrections for zeros (Cureton 1967) and ties, no continuity correction. These are the results of
/// scipy.stats.wilcoxon(zero_method="pratt") with method "exact" and "approx", given differences without
/// rounding: magnitudes that agree to 1e-12 of the largest are ties. All zero: p = 1.
WilcoxonResult wilcoxon_signed_rank(std::span<const double> differences);

}  // namespace gpu_sweep
