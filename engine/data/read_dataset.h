// Reads opened arrays into a Dataset.
#pragma once

#include "engine/data/array_files.h"
#include "engine/data/data_place.h"
#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Checks, reads and splits the arrays, as load_dataset does. Sets neither Dataset::directory nor what
/// depends on whether the data are Fashion-MNIST.
Dataset read_dataset(ArrayFiles files, DataKind kind, const ClassSpec& classes, const DataSettings& settings,
                     const Standardization* kept = nullptr);

}  // namespace gpu_sweep
