// Holm's correction of the p-values of one family of tests.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gpu_sweep {

/// Returns Holm's adjusted p-values (Holm 1979) in the order of `p`. With the sorted values
/// p(1) <= ... <= p(m), adjusted(i) is the maximum over j <= i of min(1, (m - j + 1) p(j)). m is the number
/// of p-values, or `family` if that is greater. In that case the p-values that are not given count as 1,
/// which is valid however the given ones were chosen.
std::vector<double> holm_adjusted(std::span<const double> p, std::size_t family = 0);

/// The decision on one test of a family.
struct HolmStep {
  bool rejected = false;
  /// The level at which Holm's procedure judged this p. For a rejected test with the j-th smallest p, it is
  /// alpha / (m - j + 1). For a test that was not rejected, it is the level at which the procedure stopped.
  /// With these levels, p < level if and only if `rejected`.
  double level = 0;
};

/// Judges all p-values at a family-wise error of `alpha`, and returns the decisions in the order of `p`.
/// Except for rounding, `rejected` means that the adjusted p is below alpha. m is as in holm_adjusted.
std::vector<HolmStep> holm_steps(std::span<const double> p, double alpha, std::size_t family = 0);

}  // namespace gpu_sweep
