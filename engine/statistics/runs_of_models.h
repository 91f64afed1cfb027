// Which records belong to which model of an experiment.
#pragma once

#include <vector>

#include "engine/sweep/experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// [models] For every model of the experiment, in its order, its runs in the order of `runs`, which are not
/// copied. Runs of other models are ignored. The time is that of reading both once.
std::vector<std::vector<const RunRecord*>> runs_of_models(const Experiment& experiment,
                                                          const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
