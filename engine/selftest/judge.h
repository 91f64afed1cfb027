// Compares what one operation writes to memory with a computation in double precision.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/program/op.h"
#include "reference/bounded.h"

namespace gpu_sweep {

/// The memory of the data set, and the memory of the group before and after an operation.
struct Deed {
  const std::vector<std::byte>& dataset;
  const std::vector<std::byte>& before;
  const std::vector<std::byte>& after;
  int step;  ///< optimizer steps completed before the operation
};

struct Verdict {
  /// The largest error divided by its bound, which is twice the error that fp32 arithmetic may make. A value
  /// of at most 1 passes.
  double worst = 0;
  std::string complaint;  ///< the first element that fails, empty if none does
};

/// Judges every element that `op` must write (but only evenly spread rows of a large product), and every byte
/// that it must not change.
Verdict judge(const Op& op, const Deed& deed);

/// Judges only the elements that `op` must write.
Verdict judge_results(const Op& op, const Deed& deed);

}  // namespace gpu_sweep
