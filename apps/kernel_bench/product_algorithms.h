// The two big products of the study's original model, each timed with every algorithm that cublasLt offers.
#pragma once

#include <cublasLt.h>

#include <memory>
#include <string>
#include <vector>

#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {

/// `replicas` products as cublasLt expects them, column-major: C [m, n] = A [m, k] * op(B) [k, n].
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
  std::string error;  ///< set if the algorithm does not run
};

/// Times up to 32 algorithms in cublasLt's own ranking, the first of which is its default choice. Uses random
/// operands, since zeros take less power and run faster. Returns nothing if cublasLt has no algorithm. Throws
/// CudaError, and std::runtime_error if cublasLt refuses the description.
std::vector<TimedAlgorithm> time_algorithms(const ProbedProduct& product);

}  // namespace gpu_sweep::cuda
