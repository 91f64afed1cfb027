// What the fused operations save: the passes over memory that a library of single-purpose calls would make in
// their place.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep {

/// One call of such a library.
struct UnfusedPass {
  const char* name;
  std::uint64_t bytes;  ///< read and written, for all replicas: every operand passes once
};

/// The passes in place of `op`; a single one, with the bytes of cost(op), where nothing was fused. The
/// library is an ordinary one: float pixels of 0..1, a stored mask of a byte an element, and one elementary
/// function of whole tensors a call.
std::vector<UnfusedPass> unfused_passes(const Op& op);

}  // namespace gpu_sweep
