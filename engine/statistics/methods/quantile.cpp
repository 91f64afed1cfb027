#include "engine/statistics/methods/quantile.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gpu_sweep {
namespace {

/// The place of a quantile between two values in ascending order.
struct Place {
  std::size_t below = 0;
  std::size_t above = 0;
  double part = 0;  ///< share of the way from `below` to `above`
};

Place place_of(std::size_t values, double probability) {
  if (values == 0) throw std::invalid_argument("quantile of an empty sample");
  const double position = std::clamp(probability, 0.0, 1.0) * static_cast<double>(values - 1);
  const auto below = static_cast<std::size_t>(position);
  return {below, std::min(below + 1, values - 1), position - static_cast<double>(below)};
}

double value_at(const Place& place, std::span<const double> values) {
  return values[place.below] + (values[place.above] - values[place.below]) * place.part;
}

}  // namespace

double quantile_of_sorted(std::span<const double> ascending, double probability) {
  return value_at(place_of(ascending.size(), probability), ascending);
}

double reordering_quantile(std::span<double> values, double probability) {
  const Place place = place_of(values.size(), probability);
  const auto at = [&](std::size_t index) { return values.begin() + static_cast<std::ptrdiff_t>(index); };
  std::nth_element(values.begin(), at(place.below), values.end());
  if (place.above > place.below) {
    std::iter_swap(at(place.above), std::min_element(at(place.above), values.end()));
  }
  return value_at(place, values);
}

}  // namespace gpu_sweep
