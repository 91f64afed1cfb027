// Tests whether the scores of two models spread equally over seeds.
#pragma once

#include <span>

namespace gpu_sweep {

/// Returns the two-sided p of equal spread of two paired samples [n], n >= 2: Student's t-test of the paired
/// differences |a - median(a)| - |b - median(b)| (Brown and Forsythe 1974, for pairs). Unlike the F-test of
/// variances, it is robust to samples that are not normal. Returns 1 if these differences are all equal
/// except for rounding. If the samples come from random splits, `test_to_train` > 0 corrects the standard
/// error as in resampled_estimate. Throws std::invalid_argument for samples of different sizes or n < 2.
double equal_spread_p(std::span<const double> a, std::span<const double> b, double test_to_train = 0);

/// Returns the mean distance of a non-empty sample from its median.
double mean_distance_from_median(std::span<const double> values);

}  // namespace gpu_sweep
