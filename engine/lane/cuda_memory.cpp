#include "engine/lane/cuda_memory.h"

#include "engine/lane/out_of_memory.h"
#include "kernels/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

template <cudaError_t (*kFree)(void*)>
std::shared_ptr<std::byte> owner(const DevicePointer& device, void* memory) {
  return {static_cast<std::byte*>(memory), [device](std::byte* address) {
            cudaSetDevice(device->ordinal);
            const std::scoped_lock lock(device->mutex);
            kFree(address);
          }};
}

}  // namespace

std::shared_ptr<std::byte> allocate_device_memory(const DevicePointer& device, std::size_t bytes) {
  use_device(device->ordinal);
  void* memory = nullptr;
  cudaError_t status{};
  {
    const std::scoped_lock lock(device->mutex);
    status = cudaMalloc(&memory, bytes > 0 ? bytes : 1);
  }
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // out of memory is no lasting error: forget it
    throw OutOfMemory(device->id, bytes, free_device_memory(*device));
  }
  check_cuda(status, "allocating device memory");
  return owner<cudaFree>(device, memory);
}

std::shared_ptr<std::byte> allocate_pinned_memory(const DevicePointer& device, std::size_t bytes) {
  use_device(device->ordinal);
  void* memory = nullptr;
  {
    const std::scoped_lock lock(device->mutex);
    check_cuda(cudaMallocHost(&memory, bytes), "allocating page-locked host memory");
  }
  return owner<cudaFreeHost>(device, memory);
}

std::size_t free_device_memory(const Device& device) {
  const std::scoped_lock lock(device.mutex);
  std::size_t free_bytes = 0;
  std::size_t total = 0;
  check_cuda(cudaMemGetInfo(&free_bytes, &total), "asking for free memory");
  return free_bytes;
}

}  // namespace gpu_sweep::cuda
