// A share of an experiment, for machines that do not talk to each other.
#pragma once

#include <string>
#include <vector>

#include "engine/sweep/cost.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Share `index` of `count`; counts from 1.
struct Shard {
  int index = 1;
  int count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

std::string to_string(const Shard& shard);  ///< "2 of 3"

/// The runs of a shard out of `groups`, the plan of the whole experiment with nothing done: whole groups, the
/// costliest dealt first, each to the shard with the least to do so far. Every run belongs to one shard, and
/// no two shards differ by more than the cost of one group; which is whose follows from the plan alone, so
/// machines that share experiment, data and replicas a group agree. Where there are fewer groups than shards
/// some get none.
std::vector<RunSpec> shard_runs(const std::vector<GroupSpec>& groups, const SetRows& rows,
                                const Shard& shard);

}  // namespace gpu_sweep
