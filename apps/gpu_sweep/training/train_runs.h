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
  std::optional<Interrupted> stopped;  ///< what stopped the training; nothing if everything was trained
  double seconds = 0;                  ///< wall time
};

/// Receives the finished runs, and the snapshots of unfinished ones.
struct RunSink {
  std::function<void(const Trained& group)> keep;  ///< SweepEvents::keep
  bool wants_weights = false;                      ///< otherwise `keep` receives none
  SnapshotEvents snapshots = {};
};

/// Trains groups and reports events, as `run_groups` does.
using TrainGroups = std::function<SweepResult(const std::vector<GroupSpec>&, const SweepEvents&)>;

/// Callback for StopSignals: prints that the runs are being stopped, and how the user can stop them
/// immediately.
void say_stopping(const Interrupted& by);

/// Returns the result of `body`. If `body` throws an Error after a stop request, prints the error as a
/// warning and throws Interrupted instead, so that the stop decides how the program ends. Such an Error may
/// merely mean that the stop request ended a wait for a lock or for disk space.
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

/// Trains `groups`. `signals` must have been constructed before `setup`. `initial`, if not empty, holds the
/// weights that all runs start from. Trains by calling `elsewhere` if it is given, otherwise on the lanes of
/// this process, after check_devices. Throws what `sink`, `elsewhere`, check_devices and the lanes throw.
TrainingOutcome train_runs(const std::vector<GroupSpec>& groups, const Setup& setup,
                           const StopSignals& signals, const RunSink& sink,
                           const std::vector<Weights>& initial = {}, const TrainGroups& elsewhere = {});

}  // namespace gpu_sweep
