// Counts the arithmetic of training (docs/what_is_computed.md). A multiply-add counts as 2 operations.
// Padding and element-wise operations are not counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// The number of rows of each split of kBasicSplits, indexed by index_of.
using SplitRows = std::array<std::int64_t, kBasicSplits.size()>;
SplitRows rows_of_splits(const Dataset& dataset);

/// FLOPs of one training epoch over `rows` samples: the forward products and dW of every layer, and dX of all
/// layers but the first.
double training_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of one pass over `rows` samples, without gradients.
double evaluation_flops(const MlpSpec& shape, std::int64_t rows);

/// FLOPs of a training epoch and of the validation that follows it.
double epoch_flops(const MlpSpec& shape, const SplitRows& rows);

/// FLOPs of a whole run: the evaluation before the first epoch, all epochs, and the final evaluation of all
/// splits but the judging rows.
double run_flops(const MlpSpec& shape, const SplitRows& rows, int epochs);

/// Returns run_flops times the number of replicas, including idle ones.
double group_flops(const GroupSpec& group, const SplitRows& rows);

/// Counts the epochs that the runs of a sweep still have to train.
class WorkLeft {
 public:
  WorkLeft(const std::vector<GroupSpec>& groups, const SplitRows& rows);

  /// FLOPs of the epochs that the groups had to train in the beginning.
  double total() const { return total_; }

  /// Returns the FLOPs of one epoch for all runs of `group`, which has just trained it. A run that has
  /// stopped early takes part in the epochs of its group.
  double epoch_done(const GroupSpec& group);

  /// Returns the FLOPs of the epochs that a run will not be trained for, because it has ended early and left
  /// its group.
  double run_ended(const RunRecord& run);

 private:
  struct Epochs {
    double flops = 0;  ///< of one epoch
    int left = 0;
  };
  using Name = std::pair<std::string, std::uint64_t>;  ///< model and seed

  std::map<Name, Epochs> runs_;
  double total_ = 0;
};

/// Returns the number of runs in `groups`, without idle replicas.
std::size_t count_runs(const std::vector<GroupSpec>& groups);

}  // namespace gpu_sweep
