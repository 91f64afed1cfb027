// A data set made in code, for self-tests and tests.
#pragma once

#include <cstdint>

#include "engine/data/dataset.h"

namespace gpu_sweep {

/// Seeded noise with a bright patch whose place tells the class, so that there is something to learn. Images
/// are `side` x `side`, classes are named by their numbers; there are no hashes.
Dataset synthetic_dataset(int train_rows, int validation_rows, int test_rows, int side, int classes,
                          std::uint32_t seed);

}  // namespace gpu_sweep
