// Weight gradients of fp32 matrices with AVX-512.
#pragma once

#include <memory>

#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep::cpu {

/// Returns an object that computes `op`, a weight gradient with fp32 output. Returns nullptr if the
/// machine has no AVX-512, or if the type or the sizes of `op` do not suit the code. Does not compare the
/// bits of the result with oneDNN's.
std::unique_ptr<GradientRows> gradient_rows_avx512(const Gemm& op);

}  // namespace gpu_sweep::cpu
