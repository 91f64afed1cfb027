// Trains groups of runs with progress for the user, and stops cleanly on request.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/training/setup.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/scheduler.h"
#include "gpu_sweep/weights.h"

namespace gpu_sweep {

struct TrainingOutcome {
  int runs_done = 0;
  std::optional<Interrupted> stopped;  ///< what stopped the training; nothing if it was complete
  double seconds = 0;                  ///< wall time
};

/// Receives the finished runs, and the snapshots of unfinished ones.
struct RunSink {
  std::function<void(const Trained& group)> keep;  ///< see SweepEvents::keep
  bool wants_weights = false;                      ///< if false, `keep` receives no weights
  SnapshotEvents snapshots = {};
};

/// Trains groups and reports events, as `run_groups` does.
using TrainGroups = std::function<SweepResult(const std::vector<GroupSpec>&, const SweepEvents&)>;

/// A callback for StopSignals. It prints that the runs are being stopped, and how the user can end them at
/// once.
void say_stopping(const Interrupted& by);

/// Returns the result of `body`. If `body` throws an Error after a stop was requested, prints the error as a
/// warning and throws Interrupted instead, so that the stop determines the exit code. The reason is that such
/// an Error may only mean that the stop ended a wait for a lock or for disk space.
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

/// Trains `groups`. `signals` must have been constructed before `setup`. If `initial` is not empty, it holds
/// the weights from which all runs start. If `elsewhere` is given, it is called to train the groups.
/// Otherwise they are trained on the lanes of this process, after check_devices. Throws the errors of `sink`,
/// `elsewhere`, check_devices and the lanes.
TrainingOutcome train_runs(const std::vector<GroupSpec>& groups, const Setup& setup,
                           const StopSignals& signals, const RunSink& sink,
                           const std::vector<Weights>& initial = {}, const TrainGroups& elsewhere = {});

}  // namespace gpu_sweep
