// Trains groups of runs under the eyes of a user: with progress, and stopping in good order when asked to.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/disk_patience.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/setup.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "engine/error.h"
#include "engine/model/weights.h"
#include "engine/store/run_store.h"
#include "engine/sweep/scheduler.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

struct TrainingOutcome {
  int runs_done = 0;
  std::optional<Interrupted> stopped;  ///< what stopped it; nothing: everything is trained
  double seconds = 0;                  ///< wall time
};

/// What becomes of the finished runs.
struct RunSink {
  std::function<void(const Trained& group)> keep;  ///< SweepEvents::keep
  bool wants_weights = false;                      ///< else `keep` gets none
  SnapshotEvents snapshots = {};
};

/// Trains groups and tells of it as `run_groups` does.
using TrainGroups = std::function<SweepResult(const std::vector<GroupSpec>&, const SweepEvents&)>;

/// For StopSignals: tells the user that the runs are being stopped, and what stops them at once.
void say_stopping(const Interrupted& by);

/// Returns what `body` does. Where it throws an Error after a stop, which ends every wait for a lock or for
/// room on the disk, warns of it and throws the Interrupted: the stop decides how the program ends.
template <class Body>
auto unless_stopped(const StopSignals& signals, const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Error& error) {
    const auto stopped = signals.stopped();
    if (!stopped) throw;
    warn(error.what());
    throw *stopped;
  }
}

/// Adds to the wall time in `store`. A lock or a full disk in its way is warned of: no run is lost with it.
void keep_wall_seconds(RunStore& store, double seconds, const DiskPatience& patience);

/// `signals` must have been made before `setup`. `initial`, if not empty, holds the weights that all runs
/// start from. Throws what `sink` and the lanes throw. `elsewhere`, if there is one, trains in place
/// of this process's lanes; else the devices are checked first (check_devices).
TrainingOutcome train_runs(const std::vector<GroupSpec>& groups, const Setup& setup,
                           const StopSignals& signals, const RunSink& sink,
                           const std::vector<Weights>& initial = {}, const TrainGroups& elsewhere = {});

}  // namespace gpu_sweep
