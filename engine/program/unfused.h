// The cost that fused operations save, as the passes over memory that a library of single-purpose calls would
// need.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep {

/// One call of such a library.
struct UnfusedPass {
  const char* name;
  std::uint64_t bytes;  ///< read and written for all replicas, each operand once
};

/// Returns the passes that would replace `op`, or a single one with the bytes of cost(op) if nothing was
/// fused. Assumes an ordinary library: float pixels of 0..1, a stored mask with one byte per element, and
/// calls that each compute one elementary function of whole tensors.
std::vector<UnfusedPass> unfused_passes(const Op& op);

}  // namespace gpu_sweep
