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

/// Returns, for multiply_integers, the products of the group's training step and evaluation step with all R
/// replicas. Of products that differ only in their tensors, returns one.
std::vector<Gemm> products_of(const GroupLayout& layout);

/// Runs each of `products` on generated operands a and b and counts wrong elements. First a holds integers
/// with as many bits as the precision keeps (12 in fp32, so that rounding to TF32 shows; 11 in tf32, 8 in
/// bf16) and b holds -1, 0 and 1; then they swap roles. b is multiplied by a power of two that differs
/// between pairs of replicas. Every sum is exact in fp32; a bf16 result must be one of the two bf16 numbers
/// around the exact sum. The results of two replicas are compared with exact sums, in evenly spread rows if
/// the product is large. The results of the other replicas are compared with those two, in all elements.
/// Alpha is the power of two closest to the product's own. -0 counts as 0. Ignores the tensors in `products`,
/// except for whether all replicas share a (stride 0). Throws OutOfMemory and the lane's other errors.
ExactProducts multiply_integers(Lane& lane, const std::vector<Gemm>& products);

}  // namespace gpu_sweep
