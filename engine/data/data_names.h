// The names that the four files of a data set can have, and the data sets that a directory contains by these
// names.
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
  std::string set;  ///< what precedes "train", "t10k" or "test": "emnist-letters"; empty for MNIST's names
  std::size_t file = 0;  ///< index into kDataFileNames
  int rank = 0;          ///< how far the name is from MNIST's own name, which has rank 0
};

/// Parses a file name. Returns nothing if the name is not that of a data file. Compared with MNIST's own
/// names, dots and underscores may replace dashes, and "test" may replace "t10k". The name may also begin
/// with the name of a data set and end with ".gz".
std::optional<DataFileName> parse_data_file_name(std::string_view name);

/// Some or all of the files of a data set. If several files fit the same role, the one whose name is closest
/// to MNIST's own name is taken.
struct DataSetFiles {
  std::array<std::filesystem::path, 4> files;  ///< an empty path for each missing file

  bool whole() const;
};

/// The first file or directory of a search that could not be looked up or read. It may exist although the
/// search did not find it.
struct UnreadPlace {
  std::filesystem::path place;  ///< empty if there is none
  std::string reason;           ///< the system's message

  /// Records `of` with its error, unless a place is already recorded. Errors that say that `of` does not
  /// exist are ignored.
  void note(const std::filesystem::path& of, const std::error_code& error);
};

/// Returns the data sets in a directory, keyed by the prefix of their file names. If a subdirectory has the
/// name of a data file, the file inside it that also has such a name is used. Omits entries that cannot be
/// read, and records the first of them in `unread`.
std::map<std::string, DataSetFiles> data_sets_in(const std::filesystem::path& directory, UnreadPlace& unread);

}  // namespace gpu_sweep
