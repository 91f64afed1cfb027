// From four IDX files to a Dataset.
#pragma once

#include <filesystem>
#include <string>

#include "engine/data/dataset.h"

namespace gpu_sweep {

/// Reads, checks and splits the data set of a directory (docs/what_is_computed.md). K is 10 for Fashion-MNIST
/// and for files of its sizes, else 1 + the largest training label, 2..256. Where the files are not
/// Fashion-MNIST by hash, `*warning` becomes one line that says so; else it becomes empty. Throws
/// Error(kData) where a file is missing or damaged, where counts or image sizes disagree, or where a label is
/// out of range.
Dataset load_dataset(const std::filesystem::path& directory, std::string* warning);

}  // namespace gpu_sweep
