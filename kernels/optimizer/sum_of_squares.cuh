// The sum of the squares of a vector of parameters by one block.
#pragma once

#include <cstdint>

#include "kernels/common/pack.cuh"
#include "kernels/common/reduce.cuh"

namespace gpu_sweep::cuda {

constexpr int kSquareThreads = 512;  // many, because a replica has one block only

/// Sums in double and returns the sum in thread 0; the result of other threads is meaningless. All threads of
/// a block of kSquareThreads must call this. Thread t sums the packs t, t + 512, ... in ascending order. Then
/// one thread per warp sums its 32 threads, and one thread the 16 warps. kWidth > 1 requires
/// count % kWidth == 0 and aligned values.
template <int kWidth>
__device__ inline double block_sum_of_squares(const float* values, std::int64_t count) {
  constexpr int kWarp = 32;
  const int thread = static_cast<int>(threadIdx.x);
  double sum = 0;
  for (std::int64_t i = static_cast<std::int64_t>(thread) * kWidth; i < count;
       i += static_cast<std::int64_t>(kSquareThreads) * kWidth) {
    const auto pack = load<kWidth>(values + i);
    for (int k = 0; k < kWidth; ++k) sum += static_cast<double>(pack.at[k]) * pack.at[k];
  }
  __shared__ double sums[kSquareThreads];
  sums[thread] = sum;
  __syncthreads();
  __shared__ double of_warps[kSquareThreads / kWarp];
  if (thread % kWarp == 0) of_warps[thread / kWarp] = strided_sum(sums + thread, kWarp, 1);
  __syncthreads();
  return thread == 0 ? strided_sum(of_warps, kSquareThreads / kWarp, 1) : 0;
}

}  // namespace gpu_sweep::cuda
