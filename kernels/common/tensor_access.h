// Functions that compute a typed pointer from a Tensor and the base addresses, on host and device.
#pragma once

#include "kernels/common/host_device.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// Returns a pointer for reading the tensor of replica `replica`.
template <class T>
GPU_SWEEP_HOST_DEVICE const T* read(const Memory& memory, const Tensor& tensor, int replica) {
  const std::byte* base = tensor.space == Space::kDataset ? memory.dataset : memory.group;
  return reinterpret_cast<const T*>(base + tensor.offset +
                                    tensor.replica_stride * static_cast<std::uint64_t>(replica));
}

/// Returns a pointer for writing the tensor of replica `replica`. Only a group's arena can be written,
/// because the data set is shared by all groups.
template <class T>
GPU_SWEEP_HOST_DEVICE T* write(const Memory& memory, const Tensor& tensor, int replica) {
  return reinterpret_cast<T*>(memory.group + tensor.offset +
                              tensor.replica_stride * static_cast<std::uint64_t>(replica));
}

}  // namespace gpu_sweep
