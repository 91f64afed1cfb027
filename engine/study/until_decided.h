// Seeds bought in rounds, only for models that an undecided pair needs.
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

/// The most runs of each model if none are stated, unless the experiment asks for more.
inline constexpr int kDefaultMaxRuns = 100;

/// Changes `experiment` so that seeds are bought until every pair is decided: sets `runs` to the largest
/// number of runs that a model may get. Throws Error(kUsage) if that number is too large, or if the
/// experiment has too few or too many models.
void buy_until_decided(Experiment& experiment, const std::optional<int>& max_runs);

/// Does the same for seeds that are bought as a race.
void buy_as_race(Experiment& experiment, const std::optional<int>& max_runs);

/// Returns the runs that decide how many are trained together: those of the first round, or all if seeds are
/// not bought until decided.
std::vector<RunSpec> runs_to_group(const std::vector<RunSpec>& runs, const Experiment& experiment);

/// Trains round after round. Before each, sets `opened.left` to the groups of the round and calls `train`
/// with a description of it: "1 of 3 pairs is undecided after 12 seeds", "the first round has 10 seeds". Ends
/// when no more seeds are wanted, or when `train` returns false. `runs` are all runs of `experiment`; on
/// entry `opened.left` holds those that are missing. Each round depends only on the runs in the store.
/// Returns whether no more seeds are wanted.
bool train_rounds(OpenedStore& opened, const Experiment& experiment, const std::vector<RunSpec>& runs,
                  const Dataset& dataset, const PlanOptions& options,
                  const std::function<bool(const std::string& round)>& train);

}  // namespace gpu_sweep
