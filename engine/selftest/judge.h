// Compares the values that an operation writes to memory with the same computation in double precision.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "reference/bounded.h"

namespace gpu_sweep {

/// An executed operation: the memory of the data set, and the memory of the group before and after the
/// operation.
struct Deed {
  const std::vector<std::byte>& dataset;
  const std::vector<std::byte>& before;
  const std::vector<std::byte>& after;
  int step;  ///< number of optimizer steps that were completed before the operation
};

struct Verdict {
  /// The largest error divided by its bound, which is twice the error that the operation's arithmetic may
  /// make. At most 1 if the operation passes. Values that must be exact are not counted.
  double worst = 0;
  std::string complaint;  ///< the first element that fails; empty if none fails
};

/// Judges every element that `op` must write, and every byte that it must not change. For a large product,
/// only evenly spread rows are judged.
Verdict judge(const Op& op, const Deed& deed);

/// Judges only the elements that `op` must write.
Verdict judge_results(const Op& op, const Deed& deed);

}  // namespace gpu_sweep
