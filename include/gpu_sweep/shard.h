// A share of an experiment, for machines that do not communicate.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Share `index` of `count`, counted from 1.
struct Shard {
  int index = 1;
  int count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

std::string to_string(const Shard& shard);  ///< "2 of 3"

/// Returns the runs of one shard. `groups` is the plan of the whole experiment, as if no run were finished.
/// Deals whole groups, the costliest first, each to the shard with the least work so far. Every run belongs
/// to one shard, and no two shards differ in cost by more than the cost of one group. The result depends only
/// on the plan, so machines with the same experiment, data and replicas per group agree. With fewer groups
/// than shards, some shards get no runs.
std::vector<RunSpec> shard_runs(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                                const Shard& shard);

}  // namespace gpu_sweep
