// Calibrates the models of a results folder from the class probabilities that their runs keep.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/calibration.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Calibrations by model name. Models whose runs keep no probabilities are absent.
using Calibrations = std::map<std::string, ModelCalibration>;

/// Reads the runs' files in `directory` one at a time. Leaves out runs that diverged and runs whose files are
/// damaged or cannot be read. Calls `warn` with one line for each damaged file, and with one line for each
/// model of which only some runs have probabilities. Calls `unread` with one line for each file that cannot
/// be read.
Calibrations calibrate(const std::filesystem::path& directory, const StoredExperiment& stored,
                       std::span<const RunRecord> runs,
                       const std::function<void(const std::string& line)>& warn,
                       const std::function<void(const std::string& line)>& unread);

}  // namespace gpu_sweep
