// Quantiles of a sample.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns the quantile at `probability` in [0, 1] of an ascending, non-empty sample, with linear
/// interpolation: numpy's default method "linear" (Hyndman and Fan 1996, definition 7).
double quantile_of_sorted(std::span<const double> ascending, double probability);

/// Returns the quantile of `values` in any order, as quantile_of_sorted defines it. Reorders the values.
/// Takes time proportional to their number on average.
double reordering_quantile(std::span<double> values, double probability);

}  // namespace gpu_sweep
