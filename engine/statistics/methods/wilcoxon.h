// The signed-rank test of paired differences.
#pragma once

#include <span>

namespace gpu_sweep {

struct WilcoxonResult {
  double statistic = 0;  ///< the smaller of the rank sums of positive and of negative differences
  double p = 1;          ///< two-sided
  bool exact = false;    ///< p is from the statistic's exact distribution, not the normal approximation
  int side = 0;          ///< 1 if the positive differences have the greater rank sum, -1 if the negative ones
};

/// Performs Wilcoxon's signed-rank test with Pratt's treatment of zeros: they are ranked, then their ranks
/// are dropped. Exact for at most 50 differences: p is the share of sign patterns of these ranks (mid-ranks
/// for ties) that are at least as extreme. Otherwise uses the normal approximation with the corrections for
/// zeros (Cureton 1967) and ties, without continuity correction. For differences without rounding errors, the
/// results equal those of scipy.stats.wilcoxon(zero_method="pratt") with method "exact" (only without zeros
/// and ties) or "approx". Magnitudes that agree to 1e-12 of the largest count as ties. All zero: p = 1.
WilcoxonResult wilcoxon_signed_rank(std::span<const double> differences);

}  // namespace gpu_sweep
