// Where runs are kept, and what is left to train for it.
#pragma once

#include <string>
#include <vector>

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

/// Opens or makes the store of `out` and warns of damage in it. `runs` are those of `experiment`. Throws what
/// RunStore::create_or_continue throws. With options.keep_probabilities, runs whose class probabilities are
/// missing or damaged are not there either: they are trained again, and the disk must have room for what they
/// will keep.
OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options);

/// Snapshots of runs in hand, taken to `snapshots` every `interval`, read from there and dropped once their
/// runs are kept.
SnapshotEvents snapshot_events(const SnapshotInterval& interval, SnapshotStore& snapshots);

}  // namespace gpu_sweep
