// Whether other code for a product gives the same bits as oneDNN.
#pragma once

#include <functional>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Computes one product by GemmPrimitive and by `other` from the same random matrices, and returns whether
/// all bits are equal. Signs of zeros and the bits of NaN are not compared: the matrices give neither.
/// Returns false without a comparison for products of fewer than three rows, and for matrices that take more
/// than 16 MB. `other` gets the record of a single replica, and the memory that it refers to, and writes to
/// `c`. Half of the sums cancel, so that a different order of their terms shows even in bf16. The answer is
/// kept for each shape, so that a product is compared once per process. May be called from several threads.
bool has_bits_of_onednn(const Gemm& op,
                        const std::function<void(const Gemm& op, const Memory& memory)>& other);

}  // namespace gpu_sweep::cpu
