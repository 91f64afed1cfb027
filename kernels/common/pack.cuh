// Packs of neighboring elements, which move between memory and registers in one access.
#pragma once

#include <cuda_runtime.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/common/bf16.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep::cuda {

template <class T, int kWidth>
struct alignas(sizeof(T) * kWidth) Pack {
  T at[kWidth];
};

/// Number of elements of type T in a 16-byte access.
template <class T>
constexpr int kPackWidth = 16 / static_cast<int>(sizeof(T));

/// Loads kWidth elements. `from` is aligned to kWidth elements.
template <int kWidth, class T>
__device__ inline Pack<T, kWidth> load(const T* from) {
  return *reinterpret_cast<const Pack<T, kWidth>*>(from);
}

/// A pack that is kept in whole registers between load and use. For a Pack of bf16, nvcc would put each
/// element into a register of its own.
template <class T, int kWidth>
using Raw = std::conditional_t<sizeof(Pack<T, kWidth>) == 16, Pack<std::uint32_t, 4>, Pack<T, kWidth>>;

/// Loads kWidth elements. `from` is aligned to kWidth elements.
template <int kWidth, class T>
__device__ inline Raw<T, kWidth> load_raw(const T* from) {
  return *reinterpret_cast<const Raw<T, kWidth>*>(from);
}

/// Loads kWidth floats in 16-byte accesses, or in one of 4 bytes if kWidth is 1. (A pack of eight bf16
/// elements corresponds to two 16-byte accesses.) An access that begins at element `count` or later is
/// skipped, and its values are 0. `from` is aligned to 16 bytes unless kWidth is 1.
template <int kWidth>
__device__ inline Pack<float, kWidth> load_floats(const float* from, int count) {
  constexpr int kPart = kWidth == 1 ? 1 : kPackWidth<float>;
  Pack<float, kWidth> values{};
  for (int k = 0; k < kWidth; k += kPart) {
    if (k >= count) continue;
    const auto part = load<kPart>(from + k);
    for (int j = 0; j < kPart; ++j) values.at[k + j] = part.at[j];
  }
  return values;
}

/// Stores kWidth elements. `to` is aligned to kWidth elements.
template <class T, int kWidth>
__device__ inline void store(T* to, const Pack<T, kWidth>& value) {
  *reinterpret_cast<Pack<T, kWidth>*>(to) = value;
}

/// Stores kWidth floats in 16-byte accesses, or in one of 4 bytes if kWidth is 1. `to` is aligned to 16 bytes
/// unless kWidth is 1.
template <int kWidth>
__device__ inline void store_floats(float* to, const Pack<float, kWidth>& values) {
  constexpr int kPart = kWidth == 1 ? 1 : kPackWidth<float>;
  for (int k = 0; k < kWidth; k += kPart) {
    Pack<float, kPart> part;
    for (int j = 0; j < kPart; ++j) part.at[j] = values.at[k + j];
    store(to + k, part);
  }
}

/// Stores kWidth floats, each rounded to the nearest bf16, ties to even. `to` is aligned to kWidth elements.
template <int kWidth>
__device__ inline void store_bf16(Bf16* to, const Pack<float, kWidth>& value) {
  if constexpr (kWidth % 2 == 0) {
    Pack<std::uint32_t, kWidth / 2> rounded;
    for (int k = 0; k < kWidth; k += 2) rounded.at[k / 2] = to_bf16_pair(value.at[k], value.at[k + 1]);
    *reinterpret_cast<Pack<std::uint32_t, kWidth / 2>*>(to) = rounded;
  } else {
    Pack<Bf16, kWidth> rounded;
    for (int k = 0; k < kWidth; ++k) rounded.at[k] = to_bf16(value.at[k]);
    store(to, rounded);
  }
}

/// Returns whether the tensor of every replica starts at an address that is a multiple of `bytes`.
inline bool aligned(const Memory& memory, const Tensor& tensor, std::size_t bytes) {
  const std::byte* base = tensor.space == Space::kDataset ? memory.dataset : memory.group;
  return (reinterpret_cast<std::uintptr_t>(base) + tensor.offset) % bytes == 0 &&
         tensor.replica_stride % bytes == 0;
}

}  // namespace gpu_sweep::cuda
