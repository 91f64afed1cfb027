// Products on integers, for which every order of summation gives the same bits.
#pragma once

#include <string>
#include <vector>

#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/selftest/margin.h"
#include "kernels/gemm.h"

namespace gpu_sweep {

struct ExactProducts {
  int products = 0;
  std::uint64_t wrong = 0;  ///< elements
  std::string first;  ///< the first product with wrong elements: "dW 784 x 256, batch 256: 5 wrong"; or empty

  std::vector<Margin> margins() const;
};

/// Every product of a training step and of an evaluation of the group, each shape and alpha once, with all R
/// replicas. See multiply_integers.
std::vector<Gemm> products_of(const GroupLayout& layout);

/// Runs each of `products` on operands of its own and counts wrong elements. One operand holds integers with
/// as many bits as the precision keeps (12 in fp32, so that an input rounded to TF32 shows; 11 in tf32, 8 in
/// bf16), the other -1, 0 and 1 times a power of two that differs from replica to replica; then the other way
/// round. Every sum is exact in fp32; a bf16 result is one of the two numbers around it. Of a large product
/// evenly spread rows of two replicas are held against integers, and all elements of the others against these
/// two. Alpha is the power of two next to the product's own. -0 is 0. Tensors of `products` say only which
/// operands all replicas share (stride 0). Throws OutOfMemory, and what the lane throws.
ExactProducts multiply_integers(Lane& lane, const std::vector<Gemm>& products);

}  // namespace gpu_sweep
