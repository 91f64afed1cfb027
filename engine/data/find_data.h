// Where the data set lies.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Places of Fashion-MNIST: share/gpu_sweep of the installed tree that the executable is in, and where others
/// put it: Debian's package, Keras, torchvision (below the working directory).
std::vector<std::filesystem::path> standard_data_directories();

/// The data set to read, as `load_dataset` takes it. `flag` is what --data says, empty if it was not given;
/// then $GPU_SWEEP_DATA counts, then the first of `standard` that holds a data set. A place that was asked
/// for is never passed over: Error(kData) says what it lacks. Where nothing is found, Error(kData) lists the
/// places looked at.
std::filesystem::path find_data(const std::string& flag, const std::vector<std::filesystem::path>& standard =
                                                             standard_data_directories());

}  // namespace gpu_sweep
