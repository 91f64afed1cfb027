// The names that the four files of a data set can have, and which of them a directory contains.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace gpu_sweep {

/// MNIST's own file names, in the order that every list of the four files uses: train images, train labels,
/// test images, test labels.
inline constexpr std::array kDataFileNames = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                              "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

struct DataFileName {
  std::string set;  ///< what precedes "train", "t10k" or "test", as "emnist-letters"; empty for MNIST's own
  std::size_t file = 0;  ///< index into kDataFileNames
  int rank = 0;          ///< distance from MNIST's own name, whose rank is 0
};

/// Parses a file name. Returns nothing if it does not belong to a data set. Dots and underscores may replace
/// dashes, and "test" may replace "t10k". The file name may begin with the name of a data set and end with
/// ".gz".
std::optional<DataFileName> parse_data_file_name(std::string_view name);

/// Some or all of a data set's files. If several names fit one file, the closest to MNIST's own is taken.
struct DataSetFiles {
  std::array<std::filesystem::path, 4> files;  ///< an empty path for each missing file

  bool whole() const;
};

/// The first file or directory of a search that could not be looked up or read, and may therefore exist.
struct UnreadPlace {
  std::filesystem::path place;  ///< empty if there is none
  std::string reason;           ///< the system's message

  /// Records `of` with its error unless a place is already recorded. Ignores errors that mean that `of` does
  /// not exist.
  void note(const std::filesystem::path& of, const std::error_code& error);
};

/// Returns the data sets in a directory, keyed by the prefix of their file names. If a subdirectory has the
/// name of a data file, the file inside it that has such a name is used. Omits what cannot be read, and
/// records the first such place in `unread`.
std::map<std::string, DataSetFiles> data_sets_in(const std::filesystem::path& directory, UnreadPlace& unread);

}  // namespace gpu_sweep
