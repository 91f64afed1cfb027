#include "engine/statistics/methods/multiples.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gpu_sweep {

bool are_multiples(std::span<const double> values, double unit) {
  constexpr double kMostSteps = 1e12;
  constexpr double kFromMultiple = 1e-3;
  constexpr double kSame = 1e-6;
  std::vector<double> steps = {0};
  for (const double value : values) steps.push_back(value / unit);
  const auto whole = [](double step) {
    return std::abs(step) < kMostSteps && std::abs(step - std::round(step)) <= kFromMultiple;
  };
  if (!std::ranges::all_of(steps, whole)) return false;
  std::sort(steps.begin(), steps.end());
  const auto merged = [](double step, double next) {
    return std::round(step) == std::round(next) && next - step > kSame;
  };
  return std::adjacent_find(steps.begin(), steps.end(), merged) == steps.end();
}

}  // namespace gpu_sweep
