// Where the data set lies.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Places of Fashion-MNIST: share/gpu_sweep of the installed tree that the executable is in, and where others
/// put it: Debian's package, Keras, torchvision (below the working directory).
std::vector<std::filesystem::path> standard_data_directories();

/// The directory to read. `flag` is what --data says, empty if it was not given; then $GPU_SWEEP_DATA counts,
/// then the first of `standard` that holds the four files. A directory that was asked for is never passed
/// over: Error(kData) says what it lacks. Where nothing is found, Error(kData) lists the places looked at.
std::filesystem::path find_data(const std::string& flag, const std::vector<std::filesystem::path>& standard =
                                                             standard_data_directories());

/// The four files of a directory: train images, train labels, test images, test labels. Each is the plain
/// file where there is one and else the one with .gz. Throws Error(kData) naming a missing file.
std::array<std::filesystem::path, 4> data_files(const std::filesystem::path& directory);

}  // namespace gpu_sweep
