// One share of an experiment, for machines that do not communicate with each other.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Share number `index` of `count` shares. `index` counts from 1.
struct Shard {
  int index = 1;
  int count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

std::string to_string(const Shard& shard);  ///< "2 of 3"

/// Returns the runs of one shard. `groups` is the plan of the whole experiment, made as if no run were
/// finished.
/// Whole groups are assigned to shards, the most expensive group first, each to the shard with the least work
/// so far. Every run belongs to exactly one shard, and the costs of two shards differ by at most the cost of
/// one group. The assignment depends only on the plan, so machines agree on it if they have the same
/// experiment, data and number of replicas per group. If there are fewer groups than shards, some shards get
/// no runs.
std::vector<RunSpec> shard_runs(const std::vector<GroupSpec>& groups, const Dataset& dataset,
                                const Shard& shard);

}  // namespace gpu_sweep
