// The matrix products on CUDA: one cuBLAS call computes the product for all replicas.
#pragma once

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cuda {

/// Enqueues the product on `queue.cublas`, which must be bound to the queue's stream and must have its
/// workspace set. Throws std::invalid_argument, naming the numbers, if a size is below 1, if a matrix has too
/// many elements for cuBLAS's integers, or if a replica stride is not a multiple of the element size. Throws
/// std::runtime_error, naming the product, if cuBLAS rejects it. Throws CudaError if cuBLAS runs out of
/// memory.
void execute(const Gemm& op, const Memory& memory, Queue& queue);

}  // namespace gpu_sweep::cuda
