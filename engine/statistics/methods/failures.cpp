#include "engine/statistics/methods/failures.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/beta.hpp>

namespace gpu_sweep {
namespace {

/// Returns the share of failures at which `events` or fewer in `trials` occur with probability `tail`.
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

double mcnemar_p(int only_first, int only_second) {
  const int all = only_first + only_second;
  if (all == 0) return 1;
  return std::min(1.0,
                  2 * boost::math::cdf(boost::math::binomial(all, 0.5), std::min(only_first, only_second)));
}

}  // namespace gpu_sweep
