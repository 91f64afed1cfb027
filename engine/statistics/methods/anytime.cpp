#include "engine/statistics/methods/anytime.h"

#include <algorithm>
#include <cmath>

#include "engine/statistics/methods/distributions.h"

namespace gpu_sweep {
namespace {

/// Returns the logarithm of normal_cdf(z) without underflow.
double log_normal_cdf(double z) {
  if (z > -30) return std::log(normal_cdf(z));
  constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
  return -z * z / 2 - std::log(-z) - kLogSqrtTwoPi;
}

}  // namespace

double AnytimeTest::log_statistic() const {
  const double scale = 1 + rho_ * squares_;
  const double both = rho_ * sum_ * sum_ / (2 * scale) - std::log(scale) / 2;
  if (sides_ == Sides::kTwo) return both;
  return both + std::log(2.0) + log_normal_cdf(sum_ * std::sqrt(rho_ / scale));
}

void AnytimeTest::add(double difference) {
  ++n_;
  sum_ += difference;
  squares_ += difference * difference;
  p_ = std::min(p_, std::exp(-log_statistic()));
}

double anytime_rho(double smallest, double spread) {
  const double slope = smallest / (spread * spread);
  return slope * slope;
}

}  // namespace gpu_sweep
