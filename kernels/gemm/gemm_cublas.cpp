#include "kernels/gemm/gemm_cublas.h"

#include <cublas_v2.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "kernels/common/cuda_host.h"
#include "kernels/common/tensor_access.h"

namespace gpu_sweep::cuda {
namespace {

/// A matrix as cuBLAS sees it: a row-major [B, ld] matrix is a column-major [ld, B] matrix.
struct Operand {
  const Tensor& tensor;
  DType type;
  cublasOperation_t transpose;
  int leading;  ///< a padded width, never the batch
};

/// The arguments of a cuBLAS call: column-major C [m, n] = alpha * op(A) [m, k] * op(B) [k, n].
struct Call {
  const char* name;
  int m, n, k;
  Operand a, b, c;
};

/// Expresses a row-major product by its column-major transpose, for example (X W)' = W' X', so that no matrix
/// has to be transposed in memory.
Call column_major(const Gemm& op) {
  const int in = op.inputs;
  const int out = op.outputs;
  const int batch = op.batch;
  const DType type = op.input_type;
  const DType result = op.output_type;
  switch (op.product) {
    case Product::kForward:
      return {"gemm Z = X W",
              out,
              batch,
              in,
              {op.b, type, CUBLAS_OP_N, out},
              {op.a, type, CUBLAS_OP_N, in},
              {op.c, result, CUBLAS_OP_N, out}};
    case Product::kWeightGradient:
      return {"gemm dW = X' dZ",
              out,
              in,
              batch,
              {op.b, type, CUBLAS_OP_N, out},
              {op.a, type, CUBLAS_OP_T, in},
              {op.c, result, CUBLAS_OP_N, out}};
    case Product::kInputGradient:
      return {"gemm dX = dZ W'",
              in,
              batch,
              out,
              {op.b, type, CUBLAS_OP_T, out},
              {op.a, type, CUBLAS_OP_N, out},
              {op.c, result, CUBLAS_OP_N, in}};
  }
  throw std::invalid_argument("gemm: no such product");
}

cudaDataType_t data_type(DType type) { return type == DType::kBf16 ? CUDA_R_16BF : CUDA_R_32F; }

cublasComputeType_t compute_type(const Gemm& op) {
  const bool rounds = op.input_type == DType::kF32 && op.math == MathMode::kTf32;
  return rounds ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

long long elements_between_replicas(const Operand& operand, const char* name) {
  const std::size_t size = size_of(operand.type);
  if (operand.tensor.replica_stride % size != 0) {
    throw std::invalid_argument(std::string(name) + ": replica stride of " +
                                std::to_string(operand.tensor.replica_stride) +
                                " bytes is not a multiple of " + std::to_string(size));
  }
  return static_cast<long long>(operand.tensor.replica_stride / size);
}

std::string sizes_text(const Gemm& op) {
  return "R " + std::to_string(op.replicas) + ", B " + std::to_string(op.batch) + ", I " +
         std::to_string(op.inputs) + ", O " + std::to_string(op.outputs);
}

void check_sizes(const Gemm& op) {
  const std::int64_t b = op.batch, i = op.inputs, o = op.outputs;
  const std::int64_t largest = std::max({b * i, b * o, i * o});
  if (op.replicas < 1 || std::min({b, i, o}) < 1 || largest > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("gemm: found " + sizes_text(op) +
                                ", expected sizes of at least 1 and matrices of less than 2^31 elements");
  }
}

void check(cublasStatus_t status, const Gemm& op, const Call& call) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const std::string what = std::string(call.name) + ", " + sizes_text(op);
  // A product can run out of memory because cuBLAS loads code at its first use, and that code takes device
  // memory.
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw CudaError(cudaErrorMemoryAllocation, what);
  throw std::runtime_error(what + ": " + cublasGetStatusName(status));
}

}  // namespace

void execute(const Gemm& op, const Memory& memory, Queue& queue) {
  check_sizes(op);
  const Call call = column_major(op);
  const float beta = 0;
  // By default, cuBLAS may add the partial sums of a bf16 product in the type of the result. This mode
  // forbids that and keeps the sums in fp32.
  check(cublasSetMathMode(queue.cublas, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION), op, call);
  const cublasStatus_t status = cublasGemmStridedBatchedEx(
      queue.cublas, call.a.transpose, call.b.transpose, call.m, call.n, call.k, &op.alpha,
      read<void>(memory, call.a.tensor, 0), data_type(call.a.type), call.a.leading,
      elements_between_replicas(call.a, call.name), read<void>(memory, call.b.tensor, 0),
      data_type(call.b.type), call.b.leading, elements_between_replicas(call.b, call.name), &beta,
      write<void>(memory, call.c.tensor, 0), data_type(call.c.type), call.c.leading,
      elements_between_replicas(call.c, call.name), op.replicas, compute_type(op), CUBLAS_GEMM_DEFAULT);
  check(status, op, call);
}

}  // namespace gpu_sweep::cuda
