// Selects the training images to hold out for validation, as in the reference study.
#pragma once

#include <cstdint>
#include <vector>

namespace gpu_sweep {

/// Returns a permutation of 0..n-1, n >= 1, exactly as numpy.random.RandomState(seed).permutation(n) draws it
/// (docs/what_is_computed.md).
std::vector<std::int32_t> numpy_permutation(int n, std::uint32_t seed);

struct TrainValidationSplit {
  std::vector<std::int32_t> train;
  std::vector<std::int32_t> validation;
};

/// Returns row indices as scikit-learn's train_test_split(test_size=1/6, random_state=0) splits `rows` >= 2
/// rows: validation is the first ceil(rows / 6) of the permutation, training is the rest.
TrainValidationSplit train_validation_split(int rows);

}  // namespace gpu_sweep
