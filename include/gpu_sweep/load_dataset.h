// Reads files into a Dataset.
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

/// Reads, checks and splits the data set at `place` (docs/data.md), which look_for_data finds. The number of
/// classes K is `classes.count` if given, otherwise 1 + the largest training label or the columns of one-hot
/// labels; it is in 2..256. If `settings` asks for standardization, `kept`, if given, replaces the mean and
/// deviation of the training rows. Warns if `place` is named after Fashion-MNIST although the hashes differ,
/// and about everything in label_remarks. Throws Error(kData) if a file is missing or damaged, if counts or
/// sizes disagree, or if a label or value is out of range, and Error(kUsage) for settings that do not fit the
/// data.
Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes = {},
                     const DataSettings& settings = {}, const Standardization* kept = nullptr);

}  // namespace gpu_sweep
