// Memory of CUDA devices, and page-locked memory for copies to and from it.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/lane/cuda_device.h"

namespace gpu_sweep::cuda {

/// Device memory that frees itself. Not cleared. Throws OutOfMemory.
std::shared_ptr<std::byte> allocate_device_memory(const DevicePointer& device, std::size_t bytes);

/// Page-locked host memory that frees itself.
std::shared_ptr<std::byte> allocate_pinned_memory(const DevicePointer& device, std::size_t bytes);

/// Bytes of the current device that nobody holds. Throws CudaError.
std::size_t free_device_memory(const Device& device);

}  // namespace gpu_sweep::cuda
