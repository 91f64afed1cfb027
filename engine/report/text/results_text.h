// The results of a study as text for a terminal.
#pragma once

#include <string>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Returns study_table and, if the study has several models, the verdict below it.
std::string results_text(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
