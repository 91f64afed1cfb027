// Whether other code for a product gives the same bits as oneDNN.
#pragma once

#include <functional>

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cpu {

/// Computes a product by GemmPrimitive and by `other` from the same random matrices, and returns whether
/// the two results have the same bits. `other` receives `op` with one replica, and the memory to which
/// its tensors refer, and writes the product to `c`. In half of the sums the terms cancel except for rounding
/// errors (and one term if their number is odd), so that a different order of the terms shows even if the
/// results are bf16. No result is NaN or -0, so the function says nothing about these.
///
/// Returns false without a comparison if the batch has fewer than three rows, or if the matrices take
/// more than 16 MiB. The first answer for a combination of product, sizes, alpha and types is kept and
/// also returned for another `other`. May be called from several threads. Throws what GemmPrimitive throws.
bool has_bits_of_onednn(const Gemm& op,
                        const std::function<void(const Gemm& op, const Memory& memory)>& other);

}  // namespace gpu_sweep::cpu
