// Products on integers, for which every order of summation gives the same bits.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/selftest/margin.h"
#include "kernels/gemm/gemm.h"

namespace gpu_sweep {

struct ExactProducts {
  int products = 0;
  std::uint64_t wrong = 0;  ///< number of wrong elements
  std::string first;  ///< the first product with wrong elements, and their number; empty if there is none

  std::vector<Margin> margins() const;
};

/// Returns every product of a training step and of an evaluation of the group, each shape and alpha once,
/// with all R replicas. For multiply_integers.
std::vector<Gemm> products_of(const GroupLayout& layout);

/// Runs each of `products` on generated operands and counts wrong elements. One operand holds integers with
/// as many bits as the precision keeps (12 in fp32, so that rounding to TF32 shows; 11 in tf32, 8 in bf16),
/// the other holds -1, 0 and 1 times a power of two that differs between replicas. Then the roles are
/// swapped. Every sum is exact in fp32; a bf16 result must be one of the two bf16 numbers around the exact
/// sum. The results of two replicas are compared with exact sums, in evenly spread rows if the product is
/// large. The results of the other replicas are compared with those two, in all elements. Alpha is the power
/// of two closest to the product's own. -0 counts as 0. The only property of the tensors in `products` that
/// matters is which of them all replicas share (stride 0). Throws OutOfMemory and the lane's other errors.
ExactProducts multiply_integers(Lane& lane, const std::vector<Gemm>& products);

}  // namespace gpu_sweep
