// Weight gradients of fp32 matrices with AVX-512.
#pragma once

#include <memory>

#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep::cpu {

/// Returns nullptr if the machine has no AVX-512, or if the shape does not suit the code. Does not compare
/// bits.
std::unique_ptr<GradientRows> gradient_rows_avx512(const Gemm& op);

}  // namespace gpu_sweep::cpu
