// Owners of handles of the CUDA runtime and of cuBLAS. Handles are created and destroyed under the device's
// mutex.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include <memory>
#include <mutex>
#include <type_traits>

#include "engine/lane/cuda/device.h"
#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {

/// Destroys a handle while holding the device's mutex. Errors are ignored, because a deleter must not throw.
template <class Pointer, auto kDestroy>
struct Destroy {
  DevicePointer device;
  void operator()(Pointer handle) const {
    cudaSetDevice(device->ordinal);
    const std::scoped_lock lock(device->mutex);
    kDestroy(handle);
  }
};
template <class Handle, auto kDestroy>
using Owner = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy<Handle, kDestroy>>;

using Stream = Owner<cudaStream_t, cudaStreamDestroy>;
using Event = Owner<cudaEvent_t, cudaEventDestroy>;
using GraphExec = Owner<cudaGraphExec_t, cudaGraphExecDestroy>;
using BlasHandle = Owner<cublasHandle_t, cublasDestroy>;

/// Destroys a captured graph. The graph exists on the host only. The caller must hold the mutex.
struct DestroyGraph {
  void operator()(cudaGraph_t graph) const { cudaGraphDestroy(graph); }
};
using Graph = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, DestroyGraph>;

/// Creates a stream on the current device that does not wait for the default stream.
inline Stream make_stream(const DevicePointer& device) {
  const std::scoped_lock lock(device->mutex);
  cudaStream_t stream = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
  return Stream(stream, {device});
}

inline Event make_event(const DevicePointer& device) {
  const std::scoped_lock lock(device->mutex);
  cudaEvent_t event = nullptr;
  check_cuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "making an event");
  return Event(event, {device});
}

}  // namespace gpu_sweep::cuda
