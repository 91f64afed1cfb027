// Trains groups of runs under the eyes of a user: with progress, and stopping in good order when asked to.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/setup.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "engine/model/weights.h"
#include "engine/sweep/scheduler.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

struct TrainingOutcome {
  int runs_done = 0;
  std::optional<Interrupted> stopped;  ///< what stopped it; nothing: everything is trained
  double seconds = 0;                  ///< wall time
};

/// Who takes the finished runs.
struct RunSink {
  std::function<void(const Trained& group)> keep;  ///< SweepEvents::keep
  bool wants_weights = false;                      ///< else `keep` gets none
  SnapshotEvents snapshots = {};
};

/// Trains groups and tells of it as `run_groups` does.
using TrainGroups = std::function<SweepResult(const std::vector<GroupSpec>&, const SweepEvents&)>;

/// For StopSignals: tells the user that the runs are being stopped. Erases the progress bar first.
void say_stopping();

/// `signals` must have been made before `setup`. `initial`, if not empty, holds the weights that all runs
/// start from. Throws what `sink` and the lanes throw. `elsewhere`, if there is one, trains in place
/// of this process's lanes; else the devices are checked first (check_devices).
TrainingOutcome train_runs(const std::vector<GroupSpec>& groups, const Setup& setup,
                           const StopSignals& signals, const RunSink& sink,
                           const std::vector<Weights>& initial = {}, const TrainGroups& elsewhere = {});

}  // namespace gpu_sweep
