// Conversion of a Tensor and the base addresses to a typed pointer, on host and device.
#pragma once

#include "kernels/common/host_device.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// Returns replica `replica`'s tensor for reading.
template <class T>
GPU_SWEEP_HOST_DEVICE const T* read(const Memory& memory, const Tensor& tensor, int replica) {
  const std::byte* base = tensor.space == Space::kDataset ? memory.dataset : memory.group;
  return reinterpret_cast<const T*>(base + tensor.offset +
                                    tensor.replica_stride * static_cast<std::uint64_t>(replica));
}

/// Returns replica `replica`'s tensor for writing. Only the group's arena can be written, since the data set
/// is shared.
template <class T>
GPU_SWEEP_HOST_DEVICE T* write(const Memory& memory, const Tensor& tensor, int replica) {
  return reinterpret_cast<T*>(memory.group + tensor.offset +
                              tensor.replica_stride * static_cast<std::uint64_t>(replica));
}

}  // namespace gpu_sweep
