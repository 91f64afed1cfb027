// The files that show the results of a study.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/report/calibrations.h"
#include "engine/study/open_store.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Writes summary.json and report.html of `runs`, the runs of `stored`, into `directory`. `images` is their
/// data set, or null. Returns the calibrations of the models, and calls `warn` and `unread` as
/// `calibrate` does. Throws Error(kOutput).
Calibrations write_results(const std::filesystem::path& directory, const StoredExperiment& stored,
                           const std::vector<RunRecord>& runs, const Dataset* images, const Warn& warn,
                           const Warn& unread);

}  // namespace gpu_sweep
