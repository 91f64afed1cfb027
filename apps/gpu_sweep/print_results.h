// Output of run, train and show: the tables of the stored runs.
#pragma once

#include <vector>

#include "engine/report/calibrations.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Prints the study's tables on stdout, or with `json` the object of summary.json.
void print_results(const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool json,
                   const Calibrations& calibrations = {});

}  // namespace gpu_sweep
