// From four IDX files to a Dataset.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace gpu_sweep {

/// What is to be said of a data set that can be trained on.
struct DataRemarks {
  std::string notice;                 ///< its sizes, where it is not Fashion-MNIST; else empty
  std::vector<std::string> warnings;  ///< what is likely a mistake, a line each
};

/// Reads, checks and splits the data set at `place` (docs/what_is_computed.md), which look_for_data_files
/// finds. K is what `classes` says, else 1 + the largest training label, 2..256. Warnings: not Fashion-MNIST
/// by hash where the place is called so; labels that start from 1 or leave out others; one class only;
/// classes without images in one or two of the three sets. Throws Error(kData) where a file is missing or
/// damaged, where counts or image sizes disagree, or where a label is out of range.
Dataset load_dataset(const std::filesystem::path& place, DataRemarks* remarks, const ClassSpec& classes = {});

}  // namespace gpu_sweep
