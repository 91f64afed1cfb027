// Finds the four files that the name of a data set stands for.
#pragma once

#include <array>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct DataFiles {
  std::array<std::filesystem::path, 4> files;  ///< train images, train labels, test images, test labels
  std::string fault;       ///< why there are none, worded to follow the place's name; empty if found
  bool is_unread = false;  ///< the fault is that something there cannot be read
};

/// Looks for a data set in the directory `place`. If there is none, looks in its raw/ and in the raw/ of its
/// subdirectories (the layout that torchvision makes). `place` may also be DIRECTORY/SET, such as
/// gzip/emnist-letters, which means the files in DIRECTORY whose names begin with SET. A plain file is
/// preferred to its .gz. If `place` could mean several data sets, `fault` lists them.
DataFiles look_for_data_files(const std::filesystem::path& place);

/// Returns the four files at `place`: train images, train labels, test images, test labels. Throws
/// Error(kData) if there are none.
std::array<std::filesystem::path, 4> data_files(const std::filesystem::path& place);

}  // namespace gpu_sweep
