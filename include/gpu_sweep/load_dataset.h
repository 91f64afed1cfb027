// Reads files into a Dataset.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Remarks about a data set. None of them prevents training.
struct DataRemarks {
  std::string notice;                 ///< its sizes; empty for Fashion-MNIST
  std::vector<std::string> warnings;  ///< probable mistakes, one line each
};

/// Reads, checks and splits the data set at `place` (docs/data.md), the place that find_data returns.
/// The number of classes K is `classes.count` if it is given. Otherwise it is the largest of 1 + the largest
/// training label, the number of columns of one-hot training labels, and the number of distinct labels of a
/// table. K must be in 2..256.
/// If `settings` asks for standardization, the mean and deviation are those of the training rows, or those in
/// `kept` if it is given.
/// Warns if `place` is named after Fashion-MNIST although the hashes differ, of labels in a table that differ
/// only in blanks, and of each finding of label_remarks (engine/data/label_remarks.h).
/// Throws Error(kData) if a file is missing or damaged, if counts or sizes disagree, or if a label or a value
/// is out of range. Throws Error(kUsage) for settings that do not fit the data.
Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes = {},
                     const DataSettings& settings = {}, const Standardization* kept = nullptr);

}  // namespace gpu_sweep
