// A group, and the state from which its runs are trained.
#pragma once

#include <optional>
#include <vector>

#include "engine/train/snapshot_times.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/snapshot.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// A group that is to be trained. Its runs continue from `snapshots`. If there are none in memory and
/// `group.epochs_done` is not 0, they continue from the snapshots that SnapshotEvents::load returns;
/// otherwise they start from scratch.
struct GroupStart {
  GroupSpec group;
  std::vector<Weights> initial = {};     ///< of each run from scratch; empty: drawn from RunSpec::init_seed
  std::vector<Snapshot> snapshots = {};  ///< of each run, after group.epochs_done epochs; may be empty
  std::optional<SnapshotTimes> times =
      {};  ///< if the runs in `snapshots` belonged to another group, its times
};

}  // namespace gpu_sweep
