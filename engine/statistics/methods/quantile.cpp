#include "engine/statistics/methods/quantile.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gpu_sweep {

double quantile_of_sorted(std::span<const double> ascending, double probability) {
  if (ascending.empty()) throw std::invalid_argument("quantile of an empty sample");
  const double position = std::clamp(probability, 0.0, 1.0) * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double part = position - static_cast<double>(below);
  return ascending[below] + (ascending[above] - ascending[below]) * part;
}

}  // namespace gpu_sweep
