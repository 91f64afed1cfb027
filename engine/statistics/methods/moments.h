// The sums behind means and standard deviations.
#pragma once

#include <span>

namespace gpu_sweep {

struct Moments {
  double mean = 0;
  double squares = 0;  ///< sum of the squared deviations from the mean
};

/// Computes the mean in a first pass over the values, in their order, and `squares` in a second pass. The
/// mean of equal values is that value, without rounding. Without values, the mean is NaN and `squares` is 0.
Moments moments(std::span<const double> values);

}  // namespace gpu_sweep
