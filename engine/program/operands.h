// The operands that an operation reads and writes, from which the checker, the printer and the cost follow.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep {

enum class Access : std::uint8_t { kRead, kWrite, kUpdate };

struct Operand {
  const char* name;  ///< the record's field
  Tensor tensor;
  std::uint64_t bytes = 0;  ///< of one replica's tensor, from its offset to its last byte
  int replicas = 1;  ///< number of replicas' tensors that the operation touches; 1 if the tensor is shared
  Access access = Access::kRead;
  int alignment = 16;  ///< in bytes, of the offset and the replica stride
};

/// Returns every operand that `op` touches, except for those that its flags switch off.
std::vector<Operand> operands(const Op& op);

struct OpCost {
  double flops = 0;         ///< of matrix products, 2 per multiply-add; 0 for other operations
  std::uint64_t bytes = 0;  ///< read and written if every operand moves between memory and processor once
};

/// Returns the cost for all replicas of the operation. For tensors that a batch only samples (pixels, order,
/// labels, predictions), only the sampled rows count. Padding counts.
OpCost cost(const Op& op);

}  // namespace gpu_sweep
