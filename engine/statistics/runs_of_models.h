// Which records belong to which model of an experiment, and which of them take part in tables.
#pragma once

#include <vector>

#include "engine/sweep/experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// [models] For every model of the experiment, in its order, its runs in the order of `runs`, which are not
/// copied. Runs of other models are ignored. The time is that of reading both once.
std::vector<std::vector<const RunRecord*>> runs_of_models(const Experiment& experiment,
                                                          const std::vector<RunRecord>& runs);

/// Whether a run takes part in tables: it did not diverge and all its final figures are finite.
bool is_finite(const RunRecord& run);

/// Those of `runs` that take part, in their order.
std::vector<const RunRecord*> finite_runs(const std::vector<const RunRecord*>& runs);

}  // namespace gpu_sweep
