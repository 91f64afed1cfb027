// The minimum cost of an operation, computed from its record only.
#pragma once

#include <cstdint>

#include "engine/program/op.h"

namespace gpu_sweep {

struct OpCost {
  double flops = 0;         ///< of matrix products, 2 per multiply-add; 0 for other operations
  std::uint64_t bytes = 0;  ///< read and written if every operand moves between memory and processor once
};

/// Returns the cost for all replicas of the operation. For tensors that a batch only samples (pixels, order,
/// labels, predictions), only the sampled rows count. Padding counts.
OpCost cost(const Op& op);

}  // namespace gpu_sweep
