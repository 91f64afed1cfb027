// Memory of CUDA devices, and page-locked memory for copies to and from it.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/lane/cuda/device.h"
#include "engine/lane/out_of_memory.h"

namespace gpu_sweep::cuda {

/// Allocates device memory that is freed automatically. The memory is not cleared. Throws OutOfMemory if
/// there is too little memory, and CudaError for other failures.
std::shared_ptr<std::byte> allocate_device_memory(const DevicePointer& device, std::size_t bytes);

/// Memory for the groups of one lane. When a group gives its memory back, the largest block is kept for the
/// next group, because cudaFree waits for all work on the device, including the work of other lanes. The kept
/// block is freed when a larger one is requested, when memory runs short (free_spares), and together with the
/// lane. Once memory has run short, no block is kept any more. Otherwise, when a group has been halved
/// because it did not fit, its first half would receive the block of the whole group.
class GroupMemory : public std::enable_shared_from_this<GroupMemory> {
 public:
  explicit GroupMemory(DevicePointer device);
  ~GroupMemory();
  GroupMemory(const GroupMemory&) = delete;
  GroupMemory& operator=(const GroupMemory&) = delete;

  /// Returns at least `bytes` of device memory. The memory is not cleared, and work queued on this lane
  /// may still use it. The kept block is reused if it is large enough and at least half of it is
  /// requested. Throws OutOfMemory if there is too little memory, and CudaError for other failures.
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

 private:
  Spare take(std::size_t bytes);
  void give_back(Spare block);

  DevicePointer device_;
  Spare spare_;
};

/// Frees the blocks that the lanes of `device` keep for later groups. From then on, the lanes keep no blocks.
/// Returns whether there were any blocks.
bool free_spares(const Device& device);

/// Runs `action`. If it throws OutOfMemory and lanes keep spare blocks, frees these blocks and runs `action`
/// once more.
template <class Action>
auto with_spares(const Device& device, const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const OutOfMemory&) {
    if (!free_spares(device)) throw;
  }
  return action();
}

/// Allocates page-locked host memory that is freed automatically. Throws CudaError.
std::shared_ptr<std::byte> allocate_pinned_memory(const DevicePointer& device, std::size_t bytes);

/// Returns the number of free bytes on the current device. The spare blocks that lanes keep count as free.
/// Throws CudaError.
std::size_t free_device_memory(const Device& device);

}  // namespace gpu_sweep::cuda
