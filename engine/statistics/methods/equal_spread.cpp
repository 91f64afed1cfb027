#include "engine/statistics/methods/equal_spread.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/quantile.h"

namespace gpu_sweep {
namespace {

std::vector<double> distances_from_median(std::span<const double> values) {
  std::vector<double> ascending(values.begin(), values.end());
  std::sort(ascending.begin(), ascending.end());
  const double median = quantile_of_sorted(ascending, 0.5);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - median));
  return distances;
}

}  // namespace

double equal_spread_p(std::span<const double> a, std::span<const double> b, double test_to_train) {
  if (a.size() != b.size() || a.size() < 2) throw std::invalid_argument("needs two pairs or more");
  std::vector<double> differences = distances_from_median(a);
  const std::vector<double> other = distances_from_median(b);
  double magnitude = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    magnitude += differences[i] + other[i];
    differences[i] -= other[i];
  }
  const auto n = static_cast<double>(a.size());
  const Moments found = moments(differences);
  const double deviation = std::sqrt(found.squares / (n - 1));
  if (deviation <= 1e-12 * magnitude) return 1;
  if (test_to_train > 0) return resampled_estimate(differences, test_to_train).p();
  return student_t_two_sided(found.mean / (deviation / std::sqrt(n)), n - 1);
}

double mean_distance_from_median(std::span<const double> values) {
  return moments(distances_from_median(values)).mean;
}

}  // namespace gpu_sweep
