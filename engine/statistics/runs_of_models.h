// Assigns records to the models of an experiment, and selects the records that count in tables.
#pragma once

#include <span>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Returns [models] pointers to the runs of each model of the experiment. Models are in the experiment's
/// order, and the runs of a model are in the order of `runs`. Runs of other models are ignored. Takes time
/// linear in the number of models and runs.
std::vector<std::vector<const RunRecord*>> runs_of_models(const Experiment& experiment,
                                                          std::span<const RunRecord> runs);

/// Returns whether a run counts in tables: it did not diverge, and its final metrics are finite on all
/// splits, except on a validation or judging split without rows.
bool is_finite(const RunRecord& run);

/// Returns those of `runs` for which is_finite is true, in their order.
std::vector<const RunRecord*> finite_runs(const std::vector<const RunRecord*>& runs);

}  // namespace gpu_sweep
