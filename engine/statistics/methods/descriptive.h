// Descriptive statistics of one sample of runs.
#pragma once

#include <optional>
#include <span>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// The description of a sample. Statistics that need two values are absent for a sample of one value. The
/// bootstrap interval, which takes thousands of draws, is in bootstrap.h.
struct Description {
  int n = 0;
  double mean = 0;
  double std_n = 0;                      ///< divides by n, numpy's default
  std::optional<double> std_n_minus_1;   ///< divides by n - 1
  std::optional<double> standard_error;  ///< of the mean: std_n_minus_1 / sqrt(n)
  std::optional<Interval> t_interval;    ///< of the mean, 95 %: Student's t with n - 1 degrees of freedom
  double minimum = 0;
  double lower_quartile = 0;
  double median = 0;
  double upper_quartile = 0;
  double maximum = 0;
};

/// Describes a sample of finite values. Throws std::invalid_argument for an empty sample.
Description describe(std::span<const double> values);

/// Returns the 95 % interval of the mean by Student's t. Throws std::invalid_argument below two values.
Interval t_interval_of_mean(std::span<const double> values);

}  // namespace gpu_sweep
