// Which training images are held out for validation: the study's split.
#pragma once

#include <cstdint>
#include <vector>

namespace gpu_sweep {

/// A permutation of 0..n-1, n >= 1, exactly as numpy.random.RandomState(seed).permutation(n) draws it
/// (docs/what_is_computed.md).
std::vector<std::int32_t> numpy_permutation(int n, std::uint32_t seed);

struct Split {
  std::vector<std::int32_t> train;
  std::vector<std::int32_t> validation;
};

/// Row indices as scikit-learn's train_test_split(test_size=1/6, random_state=0) of `rows` >= 2 rows takes
/// them: validation = the first ceil(rows / 6) of the permutation, training = the rest.
Split split_rows(int rows);

}  // namespace gpu_sweep
