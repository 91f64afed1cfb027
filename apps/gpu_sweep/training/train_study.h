// Trains the missing runs of a study into its store: either all of them, or round after round until decided.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/gpu_sweep/stop_signals.h"
#include "apps/gpu_sweep/training/setup.h"
#include "apps/gpu_sweep/training/train_runs.h"
#include "engine/study/keep_runs.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/planner.h"

namespace gpu_sweep {

/// Flags about what is kept of the runs, and where.
struct KeepFlags {
  std::string weights;  ///< folder for the weights of the runs; empty: no weights are saved
  SnapshotInterval snapshots = kDefaultSnapshotInterval;
  std::chrono::seconds disk_patience{0};
  bool fresh = false;
};

/// The experiment, and the runs of it for which this process is responsible.
struct PlannedStudy {
  Experiment experiment;
  Setup setup;
  PlanOptions options;
  std::vector<RunSpec> runs;
  NamesOfRuns names;
};

/// Trains the unfinished groups of `opened` on the lanes of this process. If `elsewhere` is given, it trains
/// them instead, and saves their weights. If `round` is not empty, it says why these runs are trained and not
/// all missing runs. Throws Interrupted after a stop.
void train_missing(OpenedStore& opened, const PlannedStudy& study, const StopSignals& signals,
                   const KeepFlags& flags, const std::string& out, const TrainGroups& elsewhere = {},
                   const std::string& round = "");

/// Trains round after round until no more seeds are wanted. Each round depends only on the runs in the store.
/// Returns whether anything was trained. Throws Interrupted after a stop.
bool train_until_decided(OpenedStore& opened, const PlannedStudy& study, const StopSignals& signals,
                         const KeepFlags& flags, const std::string& out);

}  // namespace gpu_sweep
