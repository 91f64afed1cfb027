// Counts the arithmetic of training (docs/what_is_computed.md). A multiply-add counts as 2 operations.
// Padding and element-wise operations are not counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

/// The number of rows of every split, indexed by Split.
using SplitRows = std::array<std::int64_t, 3>;
SplitRows rows_of_splits(const Dataset& dataset);

/// FLOPs of one training epoch over `rows` samples: the forward products and dW of every layer, and dX of all
/// layers but the first.
double training_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of one pass over `rows` samples, without gradients.
double evaluation_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of a training epoch and of the validation that follows it.
double epoch_flops(const MlpSpec& shape, const SplitRows& rows);

/// FLOPs of a whole run: point 0 of its history, all epochs, and the final evaluation of the three splits.
double run_flops(const MlpSpec& shape, const SplitRows& rows, int epochs);

/// FLOPs of all replicas of a group, including idle ones.
double group_flops(const GroupSpec& group, const SplitRows& rows);

/// FLOPs of one epoch for all runs of a group.
double group_epoch_flops(const GroupSpec& group, const SplitRows& rows);

/// FLOPs of the epochs that `groups` still have to train.
double flops_left(const std::vector<GroupSpec>& groups, const SplitRows& rows);

/// Returns the number of runs in `groups`, without idle replicas.
std::size_t count_runs(const std::vector<GroupSpec>& groups);

}  // namespace gpu_sweep
