// Stand-in for the CUDA runtime. Kernels and the CUDA lane compile against this header unchanged, as plain
// C++. tests/simt/README.md describes what it offers and the rules for device code.
#pragma once

#include <functional>
#include <tuple>
#include <type_traits>

#include "cuda_runtime_api.h"
#include "device_functions.h"

namespace simt {

/// Queues one launch. Every thread of the grid calls `body`.
cudaError_t launch(const cudaLaunchConfig_t& config, const void* function, std::size_t argument_bytes,
                   std::function<void()> body);

}  // namespace simt

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  static_assert((std::is_trivially_copyable_v<Parameters> && ...),
                "kernel parameters are copied to the device byte by byte");
  std::tuple<Parameters...> copies(std::forward<Arguments>(arguments)...);
  return simt::launch(*config, reinterpret_cast<const void*>(kernel),
                      (std::size_t{0} + ... + sizeof(Parameters)),
                      [kernel, copies] { std::apply(kernel, copies); });
}

template <class... Parameters>
cudaError_t cudaFuncSetAttribute(void (*kernel)(Parameters...), cudaFuncAttribute attribute, int value) {
  return cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}

template <class... Parameters>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, void (*kernel)(Parameters...)) {
  return cudaFuncGetAttributes(attributes, reinterpret_cast<const void*>(kernel));
}

template <class T>
cudaError_t cudaMalloc(T** pointer, std::size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(pointer), bytes);
}

template <class T>
cudaError_t cudaMallocHost(T** pointer, std::size_t bytes) {
  return cudaMallocHost(reinterpret_cast<void**>(pointer), bytes);
}

template <class T>
cudaError_t cudaHostAlloc(T** pointer, std::size_t bytes, unsigned flags) {
  return cudaHostAlloc(reinterpret_cast<void**>(pointer), bytes, flags);
}
