// Reads four IDX files into a Dataset.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Remarks on a data set that can be trained on.
struct DataRemarks {
  std::string notice;                 ///< its sizes; empty for Fashion-MNIST
  std::vector<std::string> warnings;  ///< probable mistakes, one line each
};

/// Reads, checks and splits the data set that look_for_data_files finds at `place`
/// (docs/what_is_computed.md). K is `classes.count` if given, otherwise 1 + the largest training label; it is
/// in 2..256. Warns if the hashes are not those of Fashion-MNIST although `place` is named like it, and about
/// everything in label_remarks. Throws Error(kData) if a file is missing or damaged, if counts or image sizes
/// disagree, or if a label is out of range.
Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes = {});

}  // namespace gpu_sweep
