// Stand-in for the part of CUB that the project uses.
#pragma once

#include <cstdint>

#include "cuda_runtime_api.h"

namespace simt {

cudaError_t sort_keys(void* scratch, std::size_t& scratch_bytes, const std::uint64_t* in, std::uint64_t* out,
                      std::size_t count, int begin_bit, int end_bit, cudaStream_t stream);

}  // namespace simt

namespace cub {

struct DeviceRadixSort {
  /// Sorts stably by bits begin_bit .. end_bit - 1. If `scratch` is null, only sets `scratch_bytes` to the
  /// size needed.
  static cudaError_t SortKeys(void* scratch, std::size_t& scratch_bytes, const std::uint64_t* in,
                              std::uint64_t* out, int count, int begin_bit = 0, int end_bit = 64,
                              cudaStream_t stream = nullptr) {
    return simt::sort_keys(scratch, scratch_bytes, in, out, static_cast<std::size_t>(count), begin_bit,
                           end_bit, stream);
  }
};

}  // namespace cub
