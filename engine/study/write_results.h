// The files that show the results of a study.
#pragma once

#include <filesystem>
#include <span>

#include "engine/report/analysis.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Throws Error(kUsage), before long work, if `directory` has a summary.json or report.html that this program
/// has not written.
void refuse_foreign_results(const std::filesystem::path& directory);

/// Writes summary.json and report.html of `runs`, the runs of `stored`, into `directory`. `images` is the
/// data set that they were trained on, or null. Returns the analysis that both files show, and calls `warn`
/// and `unread` as `calibrate` does. Throws Error(kOutput), and what refuse_foreign_results throws.
ReportAnalysis write_results(const std::filesystem::path& directory, const StoredExperiment& stored,
                             std::span<const RunRecord> runs, const Dataset* images, const Warn& warn,
                             const Warn& unread);

}  // namespace gpu_sweep
