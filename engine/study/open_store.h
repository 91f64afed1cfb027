// Opens the store of an experiment and finds the runs that are still to be trained.
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
  std::vector<GroupSpec> left;  ///< groups of the runs that are still to be trained
};

/// Returns whether the finished runs of this experiment, if all are there, could tell two models apart: then
/// raising `runs` follows a look (StoreOptions::is_look).
bool could_tell(const Experiment& complete);

/// Opens or creates the store in `out`. Calls `warn` with the damage in it. Adding runs later calls `warn`
/// with the reason for a wait, from the thread that adds them. A stop request interrupts the salvage of a
/// damaged store and the wait for another process. `runs` are those of `experiment`. With
/// options.keep_probabilities, runs with missing or damaged class probabilities are trained again; throws
/// Error(kUsage) if these were trained with different numerics than this program's, and Error(kOutput) if the
/// disk has no room for the probabilities of all runs left. Throws what RunStore::create_or_continue and
/// SnapshotStore throw.
OpenedStore open_store(const std::string& out, const Experiment& experiment, const std::vector<RunSpec>& runs,
                       const Setup& setup, const PlanOptions& options, const std::stop_token& stop,
                       const Warn& warn);

/// Five minutes: shorter runs write no snapshots.
inline constexpr SnapshotInterval kDefaultSnapshotInterval{0, 300};

/// Calls `write` with the directory of `store`, and calls it again if the directory was moved meanwhile.
/// Throws what `write` throws.
void write_beside(const RunStore& store,
                  const std::function<void(const std::filesystem::path& directory)>& write);

/// Returns events that store snapshots of unfinished runs every `interval`, load them, and drop each once its
/// run is stored. They follow the directory of `opened` if it is moved, and wait for disk space as `patience`
/// allows.
SnapshotEvents snapshot_events(const SnapshotInterval& interval, OpenedStore& opened,
                               const DiskPatience& patience);

}  // namespace gpu_sweep
