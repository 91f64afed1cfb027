// Finds the data set to read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns the usual places of Fashion-MNIST: share/gpu_sweep of the installed tree that contains the
/// executable, then those of Debian's package, Keras and torchvision (below the working directory).
std::vector<std::filesystem::path> standard_data_directories();

/// Returns the place of the data set to read, for load_dataset. `flag` is the value of --data, or empty. If
/// it is empty, $GPU_SWEEP_DATA is used instead, and if that is not set, the first of `standard` that
/// contains a data set. A place that the user named is never skipped: if its data set is incomplete, throws
/// Error(kData) saying what is missing. If nothing is found, throws Error(kData) listing the places searched.
std::filesystem::path find_data(const std::string& flag, const std::vector<std::filesystem::path>& standard =
                                                             standard_data_directories());

}  // namespace gpu_sweep
