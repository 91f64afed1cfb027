#include "gpu_sweep/shard.h"

#include <algorithm>
#include <numeric>

#include "engine/sweep/cost.h"

namespace gpu_sweep {

std::string to_string(const Shard& shard) {
  return std::to_string(shard.index) + " of " + std::to_string(shard.count);
}

std::vector<RunSpec> shard_runs(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                                const Shard& shard) {
  const SplitRows rows = rows_of_splits(dataset);
  const auto cost = [&](std::size_t i) { return group_flops(groups[i], rows); };
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return cost(a) > cost(b); });

  std::vector<double> loads(static_cast<std::size_t>(shard.count));
  std::vector<RunSpec> runs;
  for (const std::size_t i : order) {
    const auto least = std::ranges::min_element(loads);  // the first one if several are equal
    *least += cost(i);
    if (least - loads.begin() != shard.index - 1) continue;
    runs.insert(runs.end(), groups[i].runs.begin(), groups[i].runs.end());
  }
  return runs;
}

}  // namespace gpu_sweep
