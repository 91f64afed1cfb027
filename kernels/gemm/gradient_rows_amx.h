// Weight gradients of bf16 matrices with AMX.
#pragma once

#include <memory>

#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep::cpu {

/// Returns nullptr if the machine has no AMX, or if the shape does not suit the code. Does not compare bits.
std::unique_ptr<GradientRows> gradient_rows_amx(const Gemm& op);

}  // namespace gpu_sweep::cpu
