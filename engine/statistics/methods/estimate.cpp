#include "engine/statistics/methods/estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/moments.h"

namespace gpu_sweep {
namespace {

double standardized(double difference, double standard_error) {
  if (difference == 0) return 0;
  return standard_error > 0 ? difference / standard_error
                            : std::copysign(std::numeric_limits<double>::infinity(), difference);
}

/// Returns P(T >= t).
double upper_tail(double t, double degrees) {
  const double half = student_t_two_sided(t, degrees) / 2;
  return t >= 0 ? half : 1 - half;
}

Estimate estimate_with(std::span<const double> values, double variances_of_mean) {
  if (values.size() < 2) throw std::invalid_argument("an estimate needs two values or more");
  const auto n = static_cast<double>(values.size());
  const Moments found = moments(values);
  return {found.mean, std::sqrt(found.squares / (n - 1) * variances_of_mean), n - 1};
}

}  // namespace

double Estimate::p(double value) const {
  return student_t_two_sided(standardized(mean - value, standard_error), degrees);
}

Interval Estimate::interval(double alpha) const {
  const double half = standard_error > 0 ? student_t_quantile(1 - alpha / 2, degrees) * standard_error : 0;
  return {mean - half, mean + half};
}

double Estimate::equivalence_p(double limit) const {
  return std::max(upper_tail(standardized(limit - mean, standard_error), degrees),
                  upper_tail(standardized(mean + limit, standard_error), degrees));
}

Estimate estimate_of(std::span<const double> values) {
  return estimate_with(values, 1 / static_cast<double>(values.size()));
}

Estimate resampled_estimate(std::span<const double> differences, double test_to_train) {
  return estimate_with(differences, 1 / static_cast<double>(differences.size()) + test_to_train);
}

}  // namespace gpu_sweep
