#include "engine/statistics/methods/holm.h"

#include <algorithm>
#include <numeric>

namespace gpu_sweep {
namespace {

std::vector<std::size_t> in_ascending_order(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  return order;
}

}  // namespace

std::vector<double> holm_adjusted(std::span<const double> p, std::size_t family) {
  family = std::max(family, p.size());
  const std::vector<std::size_t> ascending = in_ascending_order(p);
  std::vector<double> adjusted(p.size());
  double greatest = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const auto left = static_cast<double>(family - i);
    greatest = std::max(greatest, std::min(1.0, left * p[ascending[i]]));
    adjusted[ascending[i]] = greatest;
  }
  return adjusted;
}

std::vector<HolmStep> holm_steps(std::span<const double> p, double alpha, std::size_t family) {
  family = std::max(family, p.size());
  const std::vector<std::size_t> ascending = in_ascending_order(p);
  std::vector<HolmStep> steps(p.size());
  bool stopped = false;
  double level = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    if (!stopped) {
      level = alpha / static_cast<double>(family - i);
      stopped = p[ascending[i]] >= level;
    }
    steps[ascending[i]] = {!stopped, level};
  }
  return steps;
}

}  // namespace gpu_sweep
