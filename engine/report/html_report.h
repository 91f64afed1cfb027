// report.html: what an experiment shows, in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/report/calibrations.h"
#include "engine/store/run_store.h"

namespace gpu_sweep {

/// The page. `runs` are ordered by (model, seed). `images`, if not null, is the experiment's data set: it
/// gives the labels and images of the test set. A data set with other hashes is not used. Equal runs give
/// equal pages but for the wall time.
std::string html_report(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                        const Dataset* images, const Calibrations& calibrations = {});

/// Its name in a result directory.
inline constexpr const char* kReportFile = "report.html";

/// Writes directory/report.html atomically. Throws Error(kOutput).
void write_report(const std::filesystem::path& directory, const StoredExperiment& stored,
                  const std::vector<RunRecord>& runs, const Dataset* images,
                  const Calibrations& calibrations = {});

}  // namespace gpu_sweep
