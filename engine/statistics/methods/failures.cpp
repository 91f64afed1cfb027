#include "engine/statistics/methods/failures.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace gpu_sweep {
namespace {

/// Returns the share of failures with which the probability of `events` or fewer failures in `trials` is
/// `tail`, or 1 if every trial failed.
double upper_bound_at(int events, int trials, double tail) {
  return events >= trials ? 1 : boost::math::ibeta_inv(events + 1.0, trials - events + 0.0, 1 - tail);
}

double lower_bound_at(int events, int trials, double tail) {
  return events <= 0 ? 0 : boost::math::ibeta_inv(events + 0.0, trials - events + 1.0, tail);
}

}  // namespace

Interval clopper_pearson_interval(int events, int trials) {
  const double tail = (1 - kConfidence) / 2;
  return {lower_bound_at(events, trials, tail), upper_bound_at(events, trials, tail)};
}

double clopper_pearson_upper(int events, int trials) {
  return upper_bound_at(events, trials, 1 - kConfidence);
}

Interval anytime_share_interval(int events, int trials) {
  const double k = events;
  const double n = trials;
  const double log_beta = std::lgamma(k + 1) + std::lgamma(n - k + 1) - std::lgamma(n + 2);
  const auto excludes = [&](double p) {
    const double log_p = (k > 0 ? k * std::log(p) : 0) + (n > k ? (n - k) * std::log1p(-p) : 0);
    return log_beta - log_p >= -std::log(1 - kConfidence);
  };
  // The likelihood falls monotonically on both sides of k / n, so bisection finds each end.
  const auto end = [&](double inside, double outside) {
    if (!excludes(outside)) return outside;
    for (int i = 0; i < 100; ++i) {
      const double middle = (inside + outside) / 2;
      (excludes(middle) ? outside : inside) = middle;
    }
    return outside;
  };
  return {end(k / n, 0), end(k / n, 1)};
}

double mcnemar_p(int only_first, int only_second) {
  const int all = only_first + only_second;
  if (all == 0) return 1;
  return std::min(1.0,
                  2 * boost::math::cdf(boost::math::binomial(all, 0.5), std::min(only_first, only_second)));
}

}  // namespace gpu_sweep
