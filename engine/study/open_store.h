// Opens the store of an experiment, and finds the runs that still have to be trained.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/store/snapshots/snapshot_store.h"
#include "engine/study/disk_patience.h"
#include "engine/study/setup.h"
#include "gpu_sweep/planner.h"
#include "gpu_sweep/run_store.h"
#include "gpu_sweep/scheduler.h"

namespace gpu_sweep {

/// Receives one line for the user.
using Warn = std::function<void(const std::string& line)>;

struct OpenedStore {
  RunStore store;
  SnapshotStore snapshots;      ///< of unfinished runs
  std::vector<GroupSpec> left;  ///< groups of the runs that still have to be trained
};

/// Returns whether the finished runs of this experiment, all of which are there, could tell two models apart.
/// If so, raising `runs` counts as having looked at the results (StoreOptions::is_look).
bool could_tell(const Experiment& complete);

/// Opens or creates the store in `out`. `runs` are the runs of `experiment`.
/// `warn` is called with what the user must know about the store, such as damage. Later, when runs are added,
/// it is called with the reason for a wait, from the thread that adds them. A stop request interrupts the
/// salvage of a damaged store and the wait for another process.
/// With options.keep_probabilities, runs whose class probabilities are missing or damaged are trained again.
/// If these runs were trained with different numerics than this program's, throws Error(kUsage). If the disk
/// has no room for the probabilities of all runs that are left, throws Error(kOutput). Also throws the errors
/// of check_until_decided, RunStore::create_or_continue and SnapshotStore.
OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options, const std::stop_token& stop,
                       const Warn& warn);

/// The default interval is five minutes. Groups that train for less time write no snapshots unless they are
/// stopped.
inline constexpr SnapshotInterval kDefaultSnapshotInterval{0, 300};

/// Calls `write` with the directory of `store`. If the directory was moved in the meantime, calls it again
/// with the new path. Throws the errors of `write`.
void write_beside(const RunStore& store,
                  const std::function<void(const std::filesystem::path& directory)>& write);

/// Returns events that store snapshots of unfinished runs every `interval` (none if interval.never()), load
/// them, and delete the snapshot of a run once the run is stored. They follow the directory of `opened` if it
/// is moved, and wait for disk space as `patience` allows.
SnapshotEvents snapshot_events(const SnapshotInterval& interval, OpenedStore& opened,
                               const DiskPatience& patience);

}  // namespace gpu_sweep
