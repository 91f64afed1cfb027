// The arrays of a data set, opened but not yet read.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/array_reader.h"
#include "engine/data/zip_archive.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

struct SplitArrays {
  std::unique_ptr<ArrayReader> inputs;  ///< [N, ...] for N rows
  std::unique_ptr<ArrayReader> labels;  ///< [N], [N, 1], or one-hot [N, K] for K classes
};

struct ArrayFiles {
  std::shared_ptr<const ZipArchive>
      archive;                           ///< kept open for the readers; null if the arrays are in no archive
  BySplit<SplitArrays> splits;           ///< validation readers may be null, and judging readers always are
  std::vector<std::string> class_names;  ///< empty unless the files name their classes
  std::vector<std::string> warnings;     ///< probable mistakes in the files, one line each

  SplitArrays& operator[](Split split) { return splits[index_of(split)]; }
  const SplitArrays& operator[](Split split) const { return splits[index_of(split)]; }
};

/// The names of the arrays in a .npz archive. They are also the names, without the suffix, of the .npy files
/// in a folder. The names of training and test arrays are those of Keras; those of validation arrays are an
/// extension.
inline constexpr std::array<std::array<const char*, 2>, 3> kArrayNames = {
    {{"x_train", "y_train"}, {"x_valid", "y_valid"}, {"x_test", "y_test"}}};

/// Opens the four IDX files at `place`. Throws Error(kData) if a file is missing or damaged.
ArrayFiles open_idx_files(const std::filesystem::path& place);

/// Opens an archive of x_train, y_train, x_test, y_test and, optionally, x_valid and y_valid. Throws
/// Error(kData) if an array is missing, unknown or damaged.
ArrayFiles open_npz(const std::filesystem::path& file);
ArrayFiles open_npz(std::shared_ptr<const ZipArchive> archive);

/// Opens a folder of x_train.npy, y_train.npy and so on. Throws Error(kData) as open_npz does, but ignores
/// files that are not named x_*.npy or y_*.npy.
ArrayFiles open_npy_folder(const std::filesystem::path& folder);

}  // namespace gpu_sweep
