// The files that present the results of a study.
#pragma once

#include <filesystem>
#include <span>

#include "engine/report/analysis.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Throws Error(kUsage) if `directory` has a summary.json or a report.html that this program has not written.
/// Called before long work, so that the user learns of the problem early.
void refuse_foreign_results(const std::filesystem::path& directory);

/// Writes summary.json and report.html into `directory`. `runs` are the runs of `stored`, and `images` is the
/// data set on which they were trained, or null. Returns the analysis that both files show. Calls `warn` and
/// `unread` as `calibrate` does. Throws Error(kOutput), and the errors of refuse_foreign_results.
ReportAnalysis write_results(const std::filesystem::path& directory, const StoredExperiment& stored,
                             std::span<const RunRecord> runs, const Dataset* images, const Warn& warn,
                             const Warn& unread);

}  // namespace gpu_sweep
