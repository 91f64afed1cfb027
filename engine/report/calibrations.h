// The calibration of a result folder's models, from the class probabilities that their runs keep.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/statistics/calibration.h"
#include "engine/store/run_store.h"

namespace gpu_sweep {

/// By the model's name. Models none of whose runs keep probabilities are absent.
using Calibrations = std::map<std::string, ModelCalibration>;

/// Reads the runs' files in `directory` one after the other; runs that diverged take no part. `warn` is told
/// in one line of each file that is damaged, whose run takes no part either, and of each model only some of
/// whose runs keep them.
Calibrations calibrate(const std::filesystem::path& directory, const StoredExperiment& stored,
                       const std::vector<RunRecord>& runs,
                       const std::function<void(const std::string& line)>& warn);

}  // namespace gpu_sweep
