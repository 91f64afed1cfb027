// The names that the four files of a data set go by, and which of them a directory holds.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// As MNIST's own files are called, in the order of everything that lists four files: train images, train
/// labels, test images, test labels.
inline constexpr std::array kDataFileNames = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                              "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

struct DataFileName {
  std::string set;       ///< what stands before "train" or "t10k", as "emnist-letters"; empty for MNIST's own
  std::size_t file = 0;  ///< index into kDataFileNames
  int rank = 0;          ///< how far it is from MNIST's own name: 0 is that name
};

/// Nothing for a name that is none of a data set's. Dots and underscores may stand for dashes, "test" for
/// "t10k", ".gz" at the end and the name of a set at the beginning.
std::optional<DataFileName> parse_data_file_name(std::string_view name);

/// Some or all of a data set's files; of several names for one of them the nearest to MNIST's own.
struct DataSetFiles {
  std::array<std::filesystem::path, 4> files;  ///< empty where there is none

  bool whole() const;
};

/// The data sets that a directory holds, by what their names begin with. A directory that has a file's name
/// counts as that file where it holds one of such a name. Empty where the directory cannot be read.
std::map<std::string, DataSetFiles> data_sets_in(const std::filesystem::path& directory);

}  // namespace gpu_sweep
