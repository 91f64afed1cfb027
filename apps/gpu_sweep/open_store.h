// Where runs are kept, and what is left to train for it.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/gpu_sweep/disk_patience.h"
#include "apps/gpu_sweep/setup.h"
#include "engine/store/run_store.h"
#include "engine/store/snapshot_store.h"
#include "engine/sweep/planner.h"
#include "engine/sweep/scheduler.h"

namespace gpu_sweep {

struct OpenedStore {
  RunStore store;
  SnapshotStore snapshots;      ///< of runs that are begun
  std::vector<GroupSpec> left;  ///< groups of the runs that are not there
};

/// Opens or makes the store of `out` and warns of damage in it; a stop ends reading out of a damaged one, and
/// waiting for another process. `runs` are those of `experiment`. Throws what
/// RunStore::create_or_continue throws. With options.keep_probabilities, runs whose class probabilities are
/// missing or damaged are not there either: they are trained again, and the disk must have room for what they
/// will keep. Throws Error(kUsage) where these are of other numerics.
OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options, const std::stop_token& stop);

/// Has `write` write into the directory of `store`, and once more where that was moved meanwhile. Throws what
/// it throws.
void write_beside(const RunStore& store,
                  const std::function<void(const std::filesystem::path& directory)>& write);

/// Follows the directory of `opened` where it was moved, and waits for room as `patience` has it. Snapshots
/// of runs in hand, taken every `interval`, read from there and dropped once their runs are kept.
SnapshotEvents snapshot_events(const SnapshotInterval& interval, OpenedStore& opened,
                               const DiskPatience& patience);

}  // namespace gpu_sweep
