// The products on CUDA: one call of cuBLAS for all replicas.
#pragma once

#include "kernels/gemm/gemm.h"

namespace gpu_sweep::cuda {

/// Queues the product on `queue.cublas`, which is bound to the queue's stream and has its workspace set.
/// Throws std::invalid_argument naming the numbers where a size is below 1, a matrix has more elements than
/// cuBLAS's integers count, or a replica stride is no multiple of an element, and std::runtime_error naming
/// the product where cuBLAS refuses it.
void execute(const Gemm& op, const Memory& memory, Queue& queue);

}  // namespace gpu_sweep::cuda
