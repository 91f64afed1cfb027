// What an operation reads and writes: the one description that the checker, the printer and the cost model
// share.
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
  int replicas = 1;  ///< how many replicas' tensors the operation touches; 1 where the tensor is shared
  Access access = Access::kRead;
  int alignment = 16;  ///< in bytes, for the offset and the replica stride
};

/// Every operand that `op` touches; fields that its flags switch off are left out.
std::vector<Operand> operands(const Op& op);

}  // namespace gpu_sweep
