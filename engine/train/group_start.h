// A group, and the state from which its runs are trained.
#pragma once

#include <optional>
#include <vector>

#include "engine/train/snapshot_times.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/snapshot.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

/// A group that is to be trained. If `snapshots` is not empty, the runs continue from these snapshots.
/// Otherwise, if `group.epochs_done` is not 0, they continue from the snapshots that SnapshotEvents::load
/// returns. Otherwise they start from scratch.
struct GroupStart {
  GroupSpec group;
  /// The weights from which each run starts from scratch. If empty, they are drawn from RunSpec::init_seed.
  std::vector<Weights> initial = {};
  std::vector<Snapshot> snapshots = {};  ///< one per run, after group.epochs_done epochs
  /// The snapshot times of the larger group that these runs have left, if they have left one, so that its
  /// intervals go on.
  std::optional<SnapshotTimes> times = {};
};

}  // namespace gpu_sweep
