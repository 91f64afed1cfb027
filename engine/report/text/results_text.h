// The results of a study as text for a terminal.
#pragma once

#include <span>
#include <string>

#include "engine/report/analysis.h"

namespace gpu_sweep {

/// Returns study_table (gpu_sweep/tables.h). `design` is the result of design_of for these runs.
std::string study_table(const StoredExperiment& stored, std::span<const RunRecord> runs,
                        const Design& design);

/// Returns study_table and, if the study has several models, the verdict below the table. If the study was
/// extended and has one pair, the sentence on the difference stands above the table instead.
std::string results_text(const ReportAnalysis& analysis);

}  // namespace gpu_sweep
