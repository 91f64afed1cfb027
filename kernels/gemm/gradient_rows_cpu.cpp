#include <algorithm>

#include "kernels/common/tensor_access.h"
#include "kernels/gemm/gradient_rows.h"
#include "kernels/gemm/gradient_rows_amx.h"
#include "kernels/gemm/gradient_rows_avx512.h"
#include "kernels/gemm/same_bits.h"

namespace gpu_sweep::cpu {
namespace {

std::unique_ptr<GradientRows> unchecked_rows(const Gemm& op) {
  if (op.product != Product::kWeightGradient || op.output_type != DType::kF32) return nullptr;
  return op.input_type == DType::kBf16 ? gradient_rows_amx(op) : gradient_rows_avx512(op);
}

void write_gradient(const Gemm& op, const Memory& memory) {
  auto* c = write<float>(memory, op.c, 0);
  unchecked_rows(op)->run(memory, 0, [&](int first, int rows, const float* gradient) {
    const std::ptrdiff_t width = op.outputs;
    std::copy_n(gradient, rows * width, c + first * width);
  });
}

}  // namespace

std::unique_ptr<GradientRows> GradientRows::make(const Gemm& op) {
  auto rows = unchecked_rows(op);
  if (rows && !has_bits_of_onednn(op, write_gradient)) return nullptr;
  return rows;
}

}  // namespace gpu_sweep::cpu
