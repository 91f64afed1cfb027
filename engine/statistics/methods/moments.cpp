#include "engine/statistics/methods/moments.h"

#include <algorithm>
#include <numeric>

namespace gpu_sweep {

Moments moments(std::span<const double> values) {
  Moments result;
  const bool constant =
      !values.empty() && std::ranges::all_of(values, [&](double value) { return value == values[0]; });
  if (constant) {
    result.mean = values[0];
    return result;
  }
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (const double value : values) result.squares += (value - result.mean) * (value - result.mean);
  return result;
}

}  // namespace gpu_sweep
