// Sums and maxima in an order that never varies: results are the same bits on every run.
#pragma once

#include <cuda_runtime.h>

namespace gpu_sweep::cuda {

constexpr unsigned kWholeWarp = 0xffffffffu;

/// Sum over each kLanes neighbouring lanes (a power of two), by halves; every lane receives it. The whole
/// warp calls.
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

/// The highest value of each kLanes neighbouring lanes and its index, the lowest index on ties; every lane
/// receives it. NaN never wins. The whole warp calls.
template <int kLanes>
__device__ inline Highest lanes_highest(Highest mine) {
  for (int distance = kLanes / 2; distance > 0; distance /= 2) {
    const float value = __shfl_xor_sync(kWholeWarp, mine.value, distance);
    const int index = __shfl_xor_sync(kWholeWarp, mine.index, distance);
    if (value > mine.value || (value == mine.value && index < mine.index)) mine = {value, index};
  }
  return mine;
}

/// values[0] + values[pitch] + ... of `count` values, in that order.
template <class T>
__device__ inline T strided_sum(const T* values, int count, int pitch) {
  T sum = T{};
  for (int i = 0; i < count; ++i) sum += values[i * pitch];
  return sum;
}

}  // namespace gpu_sweep::cuda
