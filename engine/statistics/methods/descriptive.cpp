#include "engine/statistics/methods/descriptive.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/quantile.h"

namespace gpu_sweep {
namespace {

Interval t_interval(double mean, double standard_error, double n) {
  const double half = student_t_quantile((1 + kConfidence) / 2, n - 1) * standard_error;
  return {mean - half, mean + half};
}

}  // namespace

Interval t_interval_of_mean(std::span<const double> values) {
  if (values.size() < 2) throw std::invalid_argument("a t interval needs two values or more");
  const auto n = static_cast<double>(values.size());
  const Moments found = moments(values);
  return t_interval(found.mean, std::sqrt(found.squares / (n - 1) / n), n);
}

Description describe(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("description of an empty sample");
  const auto n = static_cast<double>(values.size());
  const Moments found = moments(values);

  Description result;
  result.n = static_cast<int>(values.size());
  result.mean = found.mean;
  result.std_n = std::sqrt(found.squares / n);
  if (values.size() > 1) {
    result.std_n_minus_1 = std::sqrt(found.squares / (n - 1));
    result.standard_error = *result.std_n_minus_1 / std::sqrt(n);
    result.t_interval = t_interval(found.mean, *result.standard_error, n);
  }
  std::vector<double> ascending(values.begin(), values.end());
  std::sort(ascending.begin(), ascending.end());
  result.minimum = ascending.front();
  result.lower_quartile = quantile_of_sorted(ascending, 0.25);
  result.median = quantile_of_sorted(ascending, 0.5);
  result.upper_quartile = quantile_of_sorted(ascending, 0.75);
  result.maximum = ascending.back();
  return result;
}

}  // namespace gpu_sweep
