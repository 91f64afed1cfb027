// The division of a pool of training and validation rows that belongs to each run.
#pragma once

#include <cstdint>
#include <vector>

#include "gpu_sweep/dataset.h"

namespace gpu_sweep {

class RunSplits {
 public:
  /// `pool` has the rows of both splits (SplitPolicy::kPerRun). Copies their labels.
  explicit RunSplits(const Dataset& pool);

  /// Returns a permutation of the pool's rows for the runs with this seed: first the rows to train on, then
  /// those to validate on, each in the order of `divide` with seed HoldOut::seed + `seed` (mod 2^32).
  std::vector<std::uint32_t> rows_of(std::uint64_t seed) const;

  /// Returns how many of the first `count` rows of `rows` each class has [classes].
  std::vector<std::int64_t> label_counts(const std::vector<std::uint32_t>& rows, int count,
                                         int classes) const;

 private:
  std::vector<std::uint8_t> labels_;  // [pool]
  std::size_t validation_rows_ = 0;
  HoldOut validation_;  // seed, stratified
};

}  // namespace gpu_sweep
