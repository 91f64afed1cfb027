#include "engine/lane/cuda/memory.h"

#include <algorithm>
#include <utility>

#include "kernels/common/cuda_host.h"

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

GroupMemory::GroupMemory(DevicePointer device) : device_(std::move(device)) {
  const std::scoped_lock lock(device_->mutex);
  device_->spares.insert(&spare_);
}

GroupMemory::~GroupMemory() {
  cudaSetDevice(device_->ordinal);
  const std::scoped_lock lock(device_->mutex);
  device_->spares.erase(&spare_);
  cudaFree(spare_.memory);
}

std::shared_ptr<std::byte> GroupMemory::allocate(std::size_t bytes) {
  const Spare block = take(bytes);
  return {static_cast<std::byte*>(block.memory),
          [self = shared_from_this(), block](std::byte*) { self->give_back(block); }};
}

Spare GroupMemory::take(std::size_t bytes) {
  use_device(device_->ordinal);
  cudaError_t status{};
  {
    const std::scoped_lock lock(device_->mutex);
    if (spare_.bytes >= bytes && spare_.bytes / 2 <= bytes) return std::exchange(spare_, {});
    if (spare_.bytes < bytes) cudaFree(std::exchange(spare_, {}).memory);
    Spare block;
    block.bytes = std::max(bytes, std::size_t{1});
    status = cudaMalloc(&block.memory, block.bytes);
    if (status == cudaSuccess) return block;
  }
  if (status != cudaErrorMemoryAllocation) throw CudaError(status, "allocating device memory");
  cudaGetLastError();  // the error is not sticky, so clear it
  throw OutOfMemory(device_->id, bytes, free_device_memory(*device_));
}

void GroupMemory::give_back(Spare block) {
  cudaSetDevice(device_->ordinal);
  const std::scoped_lock lock(device_->mutex);
  if (device_->keeps_spares && spare_.bytes < block.bytes) std::swap(spare_, block);
  if (block.memory != nullptr) cudaFree(block.memory);
}

bool free_spares(const Device& device) {
  use_device(device.ordinal);
  const std::scoped_lock lock(device.mutex);
  device.keeps_spares = false;
  bool any = false;
  for (Spare* spare : device.spares) {
    if (spare->memory == nullptr) continue;
    cudaFree(std::exchange(*spare, {}).memory);
    any = true;
  }
  return any;
}

std::shared_ptr<std::byte> allocate_device_memory(const DevicePointer& device, std::size_t bytes) {
  use_device(device->ordinal);
  void* memory = nullptr;
  cudaError_t status{};
  {
    const std::scoped_lock lock(device->mutex);
    status = cudaMalloc(&memory, bytes > 0 ? bytes : 1);
  }
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // the error is not sticky, so clear it
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
  for (const Spare* spare : device.spares) free_bytes += spare->bytes;
  return free_bytes;
}

}  // namespace gpu_sweep::cuda
