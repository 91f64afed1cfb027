// The sums that means and standard deviations come from.
#pragma once

#include <span>

namespace gpu_sweep {

struct Moments {
  double mean = 0;
  double squares = 0;  ///< sum of the squared deviations from the mean
};

/// Two passes over the values in their order: the mean, then the squares of what is left. NaN and 0 without
/// values.
Moments moments(std::span<const double> values);

}  // namespace gpu_sweep
