// The three matrix products of a dense layer, each for R replicas. All matrices are
// row-major and packed: the row pitch is the padded width.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

enum class Product : std::uint8_t {
  kForward,         ///< c [B, O] = alpha * a [B, I] * b [I, O]      a = X,  b = W,  c = Z
  kWeightGradient,  ///< c [I, O] = alpha * a [B, I]' * b [B, O]     a = X,  b = dZ, c = dW
  kInputGradient,   ///< c [B, I] = alpha * a [B, O] * b [I, O]'     a = dZ, b = W,  c = dX
};

/// Whether products may round their fp32 inputs to TF32. Has an effect on CUDA only.
enum class MathMode : std::uint8_t { kFp32, kTf32 };

/// One strided-batched matrix product. `c` is overwritten; the product is never added to it. Accumulation is
/// in fp32. An element is alpha times a sum of n products, where n is I, B or O, depending on `product`. Its
/// error is at most about n 2^-24 |alpha| times the sum of the magnitudes of these products, plus the errors
/// of rounding the inputs (bf16, TF32) and the output (bf16).
struct Gemm {
  Product product = Product::kForward;
  int replicas = 1;
  int batch = 0;    ///< B
  int inputs = 0;   ///< I, padded
  int outputs = 0;  ///< O, padded
  float alpha = 1;
  DType input_type = DType::kF32;   ///< of a and b
  DType output_type = DType::kF32;  ///< of c
  MathMode math = MathMode::kFp32;
  Tensor a;
  Tensor b;
  Tensor c;  ///< written
};

}  // namespace gpu_sweep
