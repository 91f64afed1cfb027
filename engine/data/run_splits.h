// The division of a pool of rows into training and validation rows, which every run makes by its own seed.
#pragma once

#include <cstdint>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

class RunSplits {
 public:
  /// `pool` is a data set with SplitPolicy::kPerRun. Only its labels are copied.
  explicit RunSplits(const Dataset& pool);

  /// Returns a permutation of the pool's rows for the runs with this seed: first the training rows, then the
  /// validation rows. The order of each is that in which `divide` (engine/data/split.h) returns it for seed
  /// HoldOut::seed + `seed` (mod 2^32).
  std::vector<std::uint32_t> rows_of(std::uint64_t seed) const;

  /// Returns [classes]: how many of the first `count` entries of `rows` belong to each class.
  std::vector<std::int64_t> label_counts(const std::vector<std::uint32_t>& rows, int count,
                                         int classes) const;

 private:
  std::vector<std::uint8_t> labels_;  // [pool]
  std::size_t validation_rows_ = 0;
  HoldOut validation_;  // its seed, and whether it is stratified
};

}  // namespace gpu_sweep
