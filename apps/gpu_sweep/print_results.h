// Prints results for run, train, merge and show: the tables of the stored runs, and the verdict.
#pragma once

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Prints the tables of the study on stdout, and the verdict if the study has several models. With `json`,
/// prints the object of summary.json instead.
void print_results(const ReportAnalysis& analysis, bool json);

}  // namespace gpu_sweep
