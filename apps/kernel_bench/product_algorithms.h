// Times a product of the study's original model with each algorithm that cublasLt offers for it.
#pragma once

#include <cublasLt.h>

#include <memory>
#include <string>
#include <vector>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {

/// A batch of `replicas` products in the column-major form of cublasLt: C [m, n] = A [m, k] * op(B) [k, n],
/// where op(B) is B or, if `transpose_b` is set, its transpose.
struct ProbedProduct {
  const char* name;
  int m, n, k;
  bool transpose_b;
  bool relu_bias;  ///< with bias (one per replica) and relu, fused into the product's epilogue
  bool bf16;       ///< otherwise fp32 in TF32 mode
  int replicas;
};

struct TimedAlgorithm {
  int id = 0, tile = 0, stages = 0, split_k = 0;
  double microseconds = 0;
  std::string error;  ///< not empty if the algorithm does not run
};

/// Times up to 32 algorithms in the order in which cublasLt ranks them; the first is its default choice. The
/// operands are random, because with zeros a card takes less power and runs faster. Returns nothing if
/// cublasLt has no algorithm. Throws CudaError, and std::runtime_error if cublasLt refuses the description of
/// the product.
std::vector<TimedAlgorithm> time_algorithms(const ProbedProduct& product);

}  // namespace gpu_sweep::cuda
