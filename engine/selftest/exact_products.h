// Matrix products of integers. They are exact, so every order of summation gives the same bits.
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
  std::string first;  ///< the first product with wrong elements, and their number; empty if none is wrong

  std::vector<Margin> margins() const;
};

/// Returns the products of the group's training step and evaluation step, with all R replicas, for use with
/// multiply_integers. If several products differ only in their tensors, returns one of them.
std::vector<Gemm> products_of(const GroupLayout& layout);

/// Runs each of `products` on generated operands a and b, and counts wrong elements.
/// First, a holds integers with as many bits as the precision keeps of an input, and b holds -1, 0 and 1;
/// then they swap roles. The number of bits is 12 in fp32 (so that rounding to TF32 is detected), 11 in tf32
/// and 8 in bf16, or less if the sums are too long. b is multiplied by a power of two that changes after
/// every second replica. Alpha is the power of two closest to the product's own alpha. Every sum is therefore
/// exact in fp32; a bf16 result must be one of the two bf16 numbers around the exact sum. -0 counts as 0. The
/// results of two replicas are compared with exact sums; for a large product, this is done only in evenly
/// spread rows. The results of all other replicas are compared with those of the two replicas, in all
/// elements.
/// The tensors in `products` are ignored, except for whether all replicas share a (stride 0). Throws
/// OutOfMemory and the other errors of the lane.
ExactProducts multiply_integers(Lane& lane, const std::vector<Gemm>& products);

}  // namespace gpu_sweep
