// The sign-flip test of the mean of paired differences, and the interval that inverts it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// Up to this number n of differences, all 2^n sign patterns are enumerated. With more differences, the
/// distribution of the sum is computed by convolution. Both ways are exact.
constexpr std::size_t kMostEnumerated = 12;

/// Paired differences [n] as whole multiples of a unit, so that ties of sums are exact.
struct WholeDifferences {
  std::vector<std::int64_t> steps;
  double unit = 1;

  double mean() const;
};

/// Returns the differences [n] as whole multiples of `unit`, the smallest step of the metric: 1 / images for
/// an accuracy. If `unit` is 0, or the differences are not multiples of it (are_multiples), they are rounded
/// to another unit. This unit is 2^-40 of the largest magnitude, or 1 if all differences are 0. Above
/// kMostEnumerated differences, it is at least 1/512 of the mean distance of the differences from their
/// median. Rounding is symmetric about zero, so that the test of the rounded differences keeps its level.
WholeDifferences whole_differences(std::span<const double> differences, double unit = 0);

/// Returns the two-sided p of a mean difference of zero: the share of the 2^n sign patterns whose sum is at
/// least as far from zero as the observed sum (Fisher 1935). It is exact if each difference is distributed
/// symmetrically about its mean. Returns 1 without differences. Above kMostEnumerated differences, the time
/// is proportional to n times the smaller of two sums: that of the positive and that of the negative steps.
double sign_flip_p(const WholeDifferences& differences);

/// Returns the p of the hypothesis that the mean difference is `shift`. It is exact if `shift` is a multiple
/// of unit / m for a whole m from 1 to M. Otherwise `shift` is moved towards zero, to a multiple of unit / M.
/// Up to kMostEnumerated differences, M is 4096. With more, it is the number of points per unit in the grid
/// of sign_flip_interval, but at least 8.
double sign_flip_p(const WholeDifferences& differences, double shift);

/// Returns the smallest p that n differences can give: 2^(1 - n), or 1 without differences.
double least_sign_flip_p(int n);

/// Returns the interval of the mean at confidence 1 - `level`: all shifts of the differences that the test
/// does not reject at p < `level`, both ends included. Therefore 0 is outside if and only if
/// sign_flip_p(differences) < level. Up to kMostEnumerated differences the ends are exact. With more
/// differences, the test is performed at the points of a grid that contains 0, and each end is interpolated
/// between the last rejected point and the first point that is kept. The grid has up to 4096 points per unit.
/// Unless this limit is reached, neighboring points are at most 1/48 of the differences' mean distance from
/// their median apart. The interval is infinite if least_sign_flip_p(n) >= level.
Interval sign_flip_interval(const WholeDifferences& differences, double level);

}  // namespace gpu_sweep
