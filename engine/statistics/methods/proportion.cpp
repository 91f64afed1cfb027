#include "engine/statistics/methods/proportion.h"

#include <algorithm>
#include <cmath>

#include "engine/statistics/methods/distributions.h"

namespace gpu_sweep {

Interval wilson_interval(double successes, double trials) {
  const double z = normal_quantile((1 + kConfidence) / 2);
  const double share = successes / trials;
  const double scale = 1 + z * z / trials;
  const double centre = (share + z * z / (2 * trials)) / scale;
  const double half = z / scale * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace gpu_sweep
