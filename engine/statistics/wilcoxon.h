// The signed-rank test of paired differences.
#pragma once

#include <span>

namespace gpu_sweep {

struct WilcoxonResult {
  double statistic = 0;  ///< the smaller of the rank sums of positive and of negative differences
  double p = 1;          ///< two-sided
  bool exact = false;    ///< from the statistic's own distribution, not from the normal approximation
  int side = 0;          ///< 1 where the positive differences have the greater rank sum, -1 the negative ones
};

/// Wilcoxon's signed-rank test with Pratt's treatment of zeros: they are ranked and their ranks left out.
/// Exact for at most 50 differences: the share of sign patterns of these ranks, ties at their mid-ranks.
/// Otherwise the normal approximation with the corrections for zeros (Cureton 1967) and ties, no continuity
/// correction. These are the results of scipy.stats.wilcoxon(zero_method="pratt") with method "exact" (which
/// is for ranks without zeros and ties) and "approx", given differences without rounding: magnitudes that
/// agree to 1e-12 of the largest are ties. All zero: p = 1.
WilcoxonResult wilcoxon_signed_rank(std::span<const double> differences);

}  // namespace gpu_sweep
