// What an operation costs at the least, from its record alone.
#pragma once

#include <cstdint>

#include "engine/program/op.h"

namespace gpu_sweep {

struct OpCost {
  double flops = 0;         ///< of the products: multiply-adds count 2; 0 for other operations
  std::uint64_t bytes = 0;  ///< read and written if every operand passes between memory and processor once
};

/// For all replicas of the operation. Of tensors that a batch only samples (pixels, order, labels,
/// predictions) the sampled rows count. Padding counts.
OpCost cost(const Op& op);

}  // namespace gpu_sweep
