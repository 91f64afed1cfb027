// report.html: the results of an experiment, in one file that needs no network.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/report/calibrations.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the page. `runs` are ordered by (model, seed). `images`, if not null, is the experiment's data set
/// and provides the labels and images of the test split; a data set with other hashes is not used. Equal runs
/// give equal pages except for the wall time.
std::string html_report(const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                        const Dataset* images, const Calibrations& calibrations = {});

/// Name of the file in a results folder.
inline constexpr const char* kReportFile = "report.html";

/// Writes directory/report.html atomically. Throws Error(kOutput).
void write_report(const std::filesystem::path& directory, const StoredExperiment& stored,
                  const std::vector<RunRecord>& runs, const Dataset* images,
                  const Calibrations& calibrations = {});

}  // namespace gpu_sweep
