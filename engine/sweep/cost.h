// The arithmetic of training (docs/what_is_computed.md). A multiply-add counts as 2 operations. Padding and
// element-wise work are not counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

/// Rows of every split, by Split.
using SplitRows = std::array<std::int64_t, 3>;
SplitRows rows_of_splits(const Dataset& dataset);

/// FLOPs of one training epoch over `rows` samples: forward, dW of every layer, dX of all but the first.
double training_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of one pass over `rows` samples without gradients.
double evaluation_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of a training epoch and the validation after it.
double epoch_flops(const MlpSpec& shape, const SplitRows& rows);

/// FLOPs of a whole run: point 0 of its history, all epochs, and the final metrics of the three splits.
double run_flops(const MlpSpec& shape, const SplitRows& rows, int epochs);

/// FLOPs of all replicas of a group, including idle ones.
double group_flops(const GroupSpec& group, const SplitRows& rows);

/// FLOPs of an epoch of all runs of a group.
double group_epoch_flops(const GroupSpec& group, const SplitRows& rows);

/// FLOPs of the epochs that `groups` still have to train.
double flops_left(const std::vector<GroupSpec>& groups, const SplitRows& rows);

/// Returns the number of runs in `groups`, without idle replicas.
std::size_t count_runs(const std::vector<GroupSpec>& groups);

}  // namespace gpu_sweep
