// Weight gradients of bf16 matrices with AMX.
#pragma once

#include <memory>

#include "kernels/gemm/gradient_rows.h"

namespace gpu_sweep::cpu {

/// Returns an object that computes `op`, a weight gradient with fp32 output. Returns nullptr if the
/// machine has no AMX, or if the type or the sizes of `op` do not suit the code. Does not compare the
/// bits of the result with oneDNN's.
std::unique_ptr<GradientRows> gradient_rows_amx(const Gemm& op);

}  // namespace gpu_sweep::cpu
