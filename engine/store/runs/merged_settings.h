// How the union of several stores of one experiment is judged.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

struct JudgedStore {
  std::filesystem::path directory;
  AnalysisSettings settings;
};

/// Returns the settings for the union of the runs of `stores`, which is not empty: those of the first one,
/// with the looks (AnalysisSettings::looks) of all. Its smallest difference counts as stated after the runs
/// if the stores differ in it, or if it was stated so in one of them. Adds a line to `remarks` for each
/// setting that differs. Throws Error(kUsage) unless the number of seeds was chosen in the same way in
/// all stores (fixed beforehand, --until-decided or --race): each way is judged by rules of its own.
AnalysisSettings merged_settings(const std::vector<JudgedStore>& stores, std::vector<std::string>& remarks);

}  // namespace gpu_sweep
