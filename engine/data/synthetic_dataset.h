// A generated data set, for self-tests and tests.
#pragma once

#include <cstdint>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

/// Generates images of noise from `seed`. In an image of class k, pixels k, k + `classes`, k + 2 `classes`,
/// ... are brighter than the others, so that a network can learn the classes. Images are `side` x `side`
/// pixels, the names of the classes are their numbers, and the hashes are empty.
Dataset synthetic_dataset(int train_rows, int validation_rows, int test_rows, int side, int classes,
                          std::uint32_t seed);

/// Returns `dataset` with its bytes mapped to floats from -2.5 to 2.5. bf16 cannot represent most of these
/// floats exactly, so that tests see the rounding.
Dataset with_float_inputs(Dataset dataset);

}  // namespace gpu_sweep
