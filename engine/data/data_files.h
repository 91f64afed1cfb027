// Finds the four IDX files of a data set.
#pragma once

#include <array>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct DataFiles {
  std::array<std::filesystem::path, 4> files;  ///< train images, train labels, test images, test labels
  std::string fault;       ///< why no files were found, worded to follow the place's name; empty if found
  bool is_unread = false;  ///< the fault is that a file or directory there cannot be read
};

/// Looks for a data set in the directory `place`. If there is none, looks in its subdirectory raw/ and in
/// raw/ of its other subdirectories, which is the layout that torchvision creates.
/// `place` may also have the form DIRECTORY/SET, such as gzip/emnist-letters. It then stands for the files in
/// DIRECTORY whose names begin with SET.
/// A plain file is preferred to its .gz file. If `place` could stand for several data sets, `fault` lists
/// them.
DataFiles look_for_data_files(const std::filesystem::path& place);

/// Returns DataFiles::files of the data set at `place`. Throws Error(kData) with DataFiles::fault, if any.
std::array<std::filesystem::path, 4> data_files(const std::filesystem::path& place);

}  // namespace gpu_sweep
