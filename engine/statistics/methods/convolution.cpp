#include "engine/statistics/methods/convolution.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace gpu_sweep {

double halves_p(std::span<const int> counts) {
  const std::size_t n = counts.size() / 2;
  const long total = std::accumulate(counts.begin(), counts.end(), 0L);
  const long observed = std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(n), 0L);
  const long bound = std::abs(2 * observed - total);

  std::vector<int> ascending(counts.begin(), counts.end());
  std::sort(ascending.begin(), ascending.end());
  const long most = std::accumulate(ascending.end() - static_cast<std::ptrdiff_t>(n), ascending.end(), 0L);
  const std::size_t sums = static_cast<std::size_t>(most) + 1;
  std::vector<double> ways((n + 1) * sums);  // [n + 1, sums]: number of subsets with this size and sum
  ways[0] = 1;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const auto value = static_cast<std::size_t>(ascending[i]);
    const std::size_t left = ascending.size() - 1 - i;  // values after this one
    const std::size_t smallest = std::max<std::size_t>(1, n > left ? n - left : 0);
    for (std::size_t size = std::min(i + 1, n); size >= smallest; --size) {
      std::size_t greatest = 0;  // greatest sum of size - 1 values before this one
      for (std::size_t k = i - (size - 1); k < i; ++k) greatest += static_cast<std::size_t>(ascending[k]);
      const double* from = ways.data() + (size - 1) * sums;
      double* to = ways.data() + size * sums + value;
      for (std::size_t sum = 0; sum <= greatest; ++sum) to[sum] += from[sum];
    }
  }
  double all = 0;
  double as_far = 0;
  for (long sum = 0; sum <= most; ++sum) {
    const double count = ways[n * sums + static_cast<std::size_t>(sum)];
    all += count;
    if (std::abs(2 * sum - total) >= bound) as_far += count;
  }
  return as_far / all;
}

}  // namespace gpu_sweep
