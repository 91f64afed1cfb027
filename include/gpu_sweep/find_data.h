// Finds the data set to read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns the usual directories of Fashion-MNIST: first share/gpu_sweep/datasets/fashion-mnist in the
/// installation tree that contains this executable, then the directories used by Debian's package, by Keras
/// and by torchvision (below the working directory).
std::vector<std::filesystem::path> standard_data_directories();

/// Returns the place of the data set to read, in the form that load_dataset takes. `flag` is the value of
/// --data, or empty. If `flag` is empty, $GPU_SWEEP_DATA is used. If that is not set either, the first place
/// in `standard` that contains a data set is used.
/// A place that the user named is never skipped: if it has no complete data set, this function throws
/// Error(kData) with the reason. If no data set is found, it throws Error(kData) with the places
/// searched.
std::filesystem::path find_data(const std::string& flag, const std::vector<std::filesystem::path>& standard =
                                                             standard_data_directories());

}  // namespace gpu_sweep
