// What run, train and show tell of the runs that are kept.
#pragma once

#include <vector>

#include "engine/report/calibrations.h"
#include "engine/store/run_store.h"

namespace gpu_sweep {

/// The study's tables, or with `json` the object of summary.json, on stdout.
void print_results(const StoredExperiment& stored, const std::vector<RunRecord>& runs, bool json,
                   const Calibrations& calibrations = {});

}  // namespace gpu_sweep
