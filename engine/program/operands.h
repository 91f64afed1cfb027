// The operands that an operation reads and writes, and its cost, which is computed from them.
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
  int replicas = 1;  ///< number of tensors that the operation touches; 1 if all replicas share the tensor
  Access access = Access::kRead;
  int alignment = 16;  ///< required of the offset and the replica stride, in bytes
};

/// Returns every operand that `op` reads or writes. Operands that its flags switch off are left out.
std::vector<Operand> operands(const Op& op);

struct OpCost {
  double flops = 0;         ///< of matrix products, 2 per multiply-add; 0 for other operations
  std::uint64_t bytes = 0;  ///< read or written, each operand once; an updated one counts twice
};

/// Returns the cost of the operation for all replicas. Of pixels, labels, order and pool_rows in GatherBatch,
/// and of predictions in EvaluateLogits, only the rows of one batch count. Padding counts.
OpCost cost(const Op& op);

}  // namespace gpu_sweep
