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

/// Performs Wilcoxon's signed-rank test with Pratt's treatment of zeros: zeros are ranked, then their ranks
/// are dropped. Ties get mid-ranks. For at most 50 differences the test is exact: p is the share of sign
/// patterns of the remaining ranks that are at least as extreme as the observed one. For more differences it
/// uses the normal approximation with the corrections for zeros (Cureton 1967) and ties, without a continuity
/// correction. For differences without rounding errors, the results equal those of
/// scipy.stats.wilcoxon(zero_method="pratt") with method "exact" (only without zeros and ties) or "approx".
/// Magnitudes that differ by at most 1e-12 of the largest one count as ties. If all differences are zero, p
/// is 1.
WilcoxonResult wilcoxon_signed_rank(std::span<const double> differences);

}  // namespace gpu_sweep
