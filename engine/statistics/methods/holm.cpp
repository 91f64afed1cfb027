#include "engine/statistics/methods/holm.h"

#include <algorithm>
#include <numeric>

namespace gpu_sweep {

std::vector<double> holm_adjusted(std::span<const double> p) {
  std::vector<std::size_t> ascending(p.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::stable_sort(ascending.begin(), ascending.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double greatest = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const auto left = static_cast<double>(ascending.size() - i);
    greatest = std::max(greatest, std::min(1.0, left * p[ascending[i]]));
    adjusted[ascending[i]] = greatest;
  }
  return adjusted;
}

}  // namespace gpu_sweep
