// The operands that an operation reads and writes. The checker, the printer and the cost model share this
// description.
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

}  // namespace gpu_sweep
