// How every kernel of this project is started: on a queue, never on the default stream, and with the error
// checked at once under the name of the operation.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "kernels/common/cuda_host.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep::cuda {

constexpr int kBlockThreads = 256;                   ///< of kernels that have no reason for another number
constexpr int kHighestGrid = 65'535;                 ///< most blocks in y and z
constexpr std::int64_t kWidestGrid = 2'147'483'647;  ///< most blocks in x

constexpr std::int64_t ceil_divide(std::int64_t items, std::int64_t by) { return (items + by - 1) / by; }

/// Starts `kernel(arguments...)` on the queue's stream. Throws CudaError, or std::invalid_argument for a grid
/// that no device has, naming `op`.
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

/// Starts `kernel(op, memory, first)` over `blocks` x R blocks: blocks of row y work on replica first + y. A
/// grid is at most 65,535 blocks high: more replicas take more launches.
template <class Op>
void launch_replicas(const char* name, Queue& queue, std::int64_t blocks, dim3 block,
                     void (*kernel)(Op, Memory, int), const Op& op, const Memory& memory) {
  for (int first = 0; first < op.replicas; first += kHighestGrid) {
    launch(name, queue, blocks, std::min(op.replicas - first, kHighestGrid), block, kernel, op, memory,
           first);
  }
}

/// The replica that this block works on.
__device__ inline int replica_of_block(int first) { return first + static_cast<int>(blockIdx.y); }

/// A block for a matrix whose rows are cut into `packs` pieces: threadIdx.x goes along a row, threadIdx.y
/// down the rows, so that no thread divides to find its place.
inline dim3 row_block(int packs) {
  const int x = std::min(std::max(packs, 1), kBlockThreads);
  return dim3(static_cast<unsigned>(x), static_cast<unsigned>(kBlockThreads / x));
}

}  // namespace gpu_sweep::cuda
