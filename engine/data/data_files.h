// The four files that the name of a data set stands for.
#pragma once

#include <array>
#include <filesystem>
#include <string>

namespace gpu_sweep {

struct DataFiles {
  std::array<std::filesystem::path, 4> files;  ///< train images, train labels, test images, test labels
  std::string fault;  ///< why there are none, in words that follow the place's name; empty where there are
};

/// Looks for a data set at `place`: in that directory, else in its raw/, else in the raw/ of one of its
/// directories (torchvision's root). `place` may also be DIRECTORY/SET, such as gzip/emnist-letters: the set
/// of DIRECTORY whose names begin so. Of a plain file and one with .gz it takes the plain one. What several
/// data sets could be meant by is a fault that lists them.
DataFiles look_for_data_files(const std::filesystem::path& place);

/// The four files at `place`: train images, train labels, test images, test labels. Throws Error(kData).
std::array<std::filesystem::path, 4> data_files(const std::filesystem::path& place);

}  // namespace gpu_sweep
