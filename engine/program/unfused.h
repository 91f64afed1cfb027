// The memory traffic that fused operations save. It is computed from the passes over memory that a library
// without fused operations would make.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep {

/// One call of a library without fused operations.
struct UnfusedPass {
  const char* name;
  std::uint64_t bytes;  ///< read and written for all replicas, each operand once
};

/// Returns the passes that would replace `op`. If the operation fuses nothing, returns a single pass with the
/// bytes of cost(op). The library is assumed to work as usual: pixels are floats in 0..1, a dropout mask is
/// stored with one byte per element, and each call performs one operation on whole tensors.
std::vector<UnfusedPass> unfused_passes(const Op& op);

}  // namespace gpu_sweep
