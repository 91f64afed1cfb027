#include "engine/statistics/methods/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "engine/statistics/methods/distributions.h"
#include "engine/statistics/methods/moments.h"
#include "engine/statistics/methods/quantile.h"

namespace gpu_sweep {
namespace {

std::vector<double> resampled_means(std::span<const double> values, std::uint64_t seed, int draws) {
  RandomSequence random(seed, 0);
  const auto n = static_cast<std::uint32_t>(values.size());
  std::vector<double> means(static_cast<std::size_t>(draws));
  for (double& each : means) {
    double sum = 0;
    for (std::uint32_t i = 0; i < n; ++i) sum += values[random.below(n)];
    each = sum / n;
  }
  return means;
}

/// Returns the acceleration (Efron 1987, equation 6.6): sum u^3 / (6 (sum u^2)^(3/2)), where u are the
/// deviations of the values from their mean.
double acceleration(std::span<const double> values, const Moments& sums) {
  double cubes = 0;
  for (const double value : values) cubes += std::pow(value - sums.mean, 3);
  return cubes / (6 * std::pow(sums.squares, 1.5));
}

}  // namespace

Interval bca_interval_of_mean(std::span<const double> values, std::uint64_t seed, int draws) {
  if (values.size() < 2) throw std::invalid_argument("a bootstrap interval needs two values or more");
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (*least == *greatest) return {*least, *least};

  const Moments observed = moments(values);
  std::vector<double> means = resampled_means(values, seed, draws);
  const auto below = std::ranges::count_if(means, [&](double each) { return each < observed.mean; });
  const auto up_to = std::ranges::count_if(means, [&](double each) { return each <= observed.mean; });
  const double bias =
      normal_quantile(static_cast<double>(below + up_to) / (2 * static_cast<double>(means.size())));
  const double accelerated = acceleration(values, observed);

  const auto end = [&](double probability) {
    const double shifted = bias + normal_quantile(probability);
    return reordering_quantile(means, normal_cdf(bias + shifted / (1 - accelerated * shifted)));
  };
  return {end((1 - kConfidence) / 2), end((1 + kConfidence) / 2)};
}

}  // namespace gpu_sweep
