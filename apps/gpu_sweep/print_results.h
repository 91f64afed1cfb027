// Output of run, train, merge and show: the tables of the stored runs.
#pragma once

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Prints the study's tables on stdout, or with `json` the object of summary.json.
void print_results(const ReportAnalysis& analysis, bool json);

}  // namespace gpu_sweep
