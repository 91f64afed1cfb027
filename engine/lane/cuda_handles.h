// Owners of what the CUDA runtime and cuBLAS hand out for a device. They are made and destroyed under its
// mutex.
#pragma once

#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include <memory>
#include <mutex>
#include <type_traits>

#include "engine/lane/cuda_device.h"
#include "kernels/cuda_host.h"

namespace gpu_sweep::cuda {

/// Errors of the destroying call are dropped: an earlier call has met them already. Takes the device's mutex.
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

/// A graph that was captured; it lives on the host alone, and goes while the mutex is held.
struct DestroyGraph {
  void operator()(cudaGraph_t graph) const { cudaGraphDestroy(graph); }
};
using Graph = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, DestroyGraph>;

/// A stream of the current device that does not wait for the default stream.
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
