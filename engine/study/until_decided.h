// Trains seeds in rounds, for --until-decided and --race. This is called buying seeds. Each round has new
// seeds only for models that occur in an undecided pair or, in a race, are still in it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/until_decided.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/planner.h"

namespace gpu_sweep {

/// The largest number of runs per model, if none is stated. An experiment may ask for more.
inline constexpr int kDefaultMaxRuns = 100;

/// Changes `experiment` so that seeds are trained until every pair of models is decided. Sets `runs` to the
/// largest number of runs that a model may get. Throws Error(kUsage) if this number is too large, if the
/// experiment has too few or too many models, or if every seed is to have its own split.
void buy_until_decided(Experiment& experiment, const std::optional<int>& max_runs);

/// Changes `experiment` like buy_until_decided, but for a race.
void buy_as_race(Experiment& experiment, const std::optional<int>& max_runs);

/// Returns the runs by which the number of replicas per group is chosen. If seeds are bought until decided,
/// these are the runs of the first round; otherwise they are all runs.
std::vector<RunSpec> runs_to_group(const std::vector<RunSpec>& runs, const Experiment& experiment);

/// Trains round after round. Before each round, sets `opened.left` to the groups of the round. Then calls
/// `train` with a description of the round, such as "1 of 3 pairs is undecided after 12 seeds" or "the first
/// round has 10 seeds". Ends when no more seeds are wanted, or when `train` returns false. Returns whether no
/// more seeds are wanted.
/// `runs` are all runs of `experiment`. When the function is called, `opened.left` must hold the missing
/// ones. Each round depends only on the runs in the store.
bool train_rounds(OpenedStore& opened, const Experiment& experiment, const std::vector<RunSpec>& runs,
                  const Dataset& dataset, const PlanOptions& options,
                  const std::function<bool(const std::string& round)>& train);

}  // namespace gpu_sweep
