// How the kernels of this project are launched. A launch uses a queue's stream, never the default stream. It
// is checked for errors immediately, and the error names the operation.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/common/cuda_host.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep::cuda {

constexpr int kBlockThreads = 256;    ///< threads per block, unless a kernel has a reason for another number
constexpr int kHighestGrid = 65'535;  ///< largest number of blocks in y or z
constexpr std::int64_t kWidestGrid = 2'147'483'647;  ///< largest number of blocks in x

constexpr std::int64_t ceil_divide(std::int64_t items, std::int64_t by) { return (items + by - 1) / by; }

/// Starts `kernel(arguments...)` on the queue's stream. Throws CudaError if the launch fails. Throws
/// std::invalid_argument if the queue has no stream, or if the grid is empty or larger than any device
/// allows. Both errors name `op`.
template <class... Parameters, class... Arguments>
void launch(const char* op, Queue& queue, std::int64_t grid_x, int grid_y, dim3 block,
            void (*kernel)(Parameters...), const Arguments&... arguments) {
  if (queue.stream == nullptr) throw std::invalid_argument(std::string(op) + ": the queue has no stream");
  if (grid_x < 1 || grid_x > kWidestGrid || grid_y < 1 || grid_y > kHighestGrid) {
    throw std::invalid_argument(std::string(op) + ": no grid of " + std::to_string(grid_x) + " x " +
                                std::to_string(grid_y) + " blocks");
  }
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(grid_x), static_cast<unsigned>(grid_y));
  config.blockDim = block;
  config.stream = queue.stream;
  check_cuda(cudaLaunchKernelEx(&config, kernel, arguments...), op);
}

/// Starts `kernel(op, memory, first)` on a grid of `blocks` x R blocks. Row y of a grid processes replica
/// first + y. A grid has at most 65,535 rows, so a larger number of replicas takes several launches.
template <class Op>
void launch_replicas(const char* name, Queue& queue, std::int64_t blocks, dim3 block,
                     void (*kernel)(Op, Memory, int), const Op& op, const Memory& memory) {
  for (int first = 0; first < op.replicas; first += kHighestGrid) {
    launch(name, queue, blocks, std::min(op.replicas - first, kHighestGrid), block, kernel, op, memory,
           first);
  }
}

/// Returns the replica that this block processes.
__device__ inline int replica_of_block(int first) { return first + static_cast<int>(blockIdx.y); }

/// Returns the dimensions of a block for a matrix whose rows consist of `packs` packs. threadIdx.x runs along
/// a row and threadIdx.y runs down the rows, so a thread needs no division to compute its position.
inline dim3 row_block(int packs) {
  const int x = std::min(std::max(packs, 1), kBlockThreads);
  return dim3(static_cast<unsigned>(x), static_cast<unsigned>(kBlockThreads / x));
}

}  // namespace gpu_sweep::cuda
