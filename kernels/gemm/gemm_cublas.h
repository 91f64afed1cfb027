// The products on CUDA: one cuBLAS call for all replicas.
#pragma once

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cuda {

/// Enqueues the product on `queue.cublas`, which is bound to the queue's stream and has its workspace set.
/// Throws std::invalid_argument, naming the numbers, if a size is below 1, a matrix has too many elements for
/// cuBLAS's integers, or a replica stride is not a multiple of the element size. Throws std::runtime_error,
/// naming the product, if cuBLAS rejects it, and CudaError if cuBLAS runs out of memory.
void execute(const Gemm& op, const Memory& memory, Queue& queue);

}  // namespace gpu_sweep::cuda
