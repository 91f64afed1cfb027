// Sums and maxima that are computed in a fixed order, so that repeated executions give the same bits.
#pragma once

#include <cuda_runtime.h>

namespace gpu_sweep::cuda {

constexpr unsigned kWholeWarp = 0xffffffffu;

/// Sums over every group of kLanes neighboring threads of the warp (kLanes is a power of two), by halving the
/// distance between the threads that are added. Every thread receives the sum of its group. The whole warp
/// must call this function.
template <int kLanes>
__device__ inline float lanes_sum(float value) {
  for (int distance = kLanes / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(kWholeWarp, value, distance);
  }
  return value;
}

struct Highest {
  float value;
  int index;
};

/// Finds the highest value in every group of kLanes neighboring threads of the warp, and the index of that
/// value (the lowest index on ties). Every thread receives both for its group. A NaN never replaces another
/// value. The whole warp must call this function.
template <int kLanes>
__device__ inline Highest lanes_highest(Highest mine) {
  for (int distance = kLanes / 2; distance > 0; distance /= 2) {
    const float value = __shfl_xor_sync(kWholeWarp, mine.value, distance);
    const int index = __shfl_xor_sync(kWholeWarp, mine.index, distance);
    if (value > mine.value || (value == mine.value && index < mine.index)) mine = {value, index};
  }
  return mine;
}

/// Returns the sum of `count` values, values[0] + values[pitch] + values[2 pitch] + ..., in that order.
template <class T>
__device__ inline T strided_sum(const T* values, int count, int pitch) {
  T sum = T{};
  for (int i = 0; i < count; ++i) sum += values[i * pitch];
  return sum;
}

}  // namespace gpu_sweep::cuda
