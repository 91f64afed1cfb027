// Memory of CUDA devices, and page-locked memory for copies to and from it.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/lane/cuda_device.h"
#include "engine/lane/out_of_memory.h"

namespace gpu_sweep::cuda {

/// Device memory that frees itself. Not cleared. Throws OutOfMemory.
std::shared_ptr<std::byte> allocate_device_memory(const DevicePointer& device, std::size_t bytes);

/// The memory of one lane's groups. The largest block that was given back is kept for the next group:
/// cudaFree waits for all work of the device, that of other lanes, too. It is freed where a larger one is
/// asked for, where memory is short (free_spares), and with the lane. Once memory was short, none is kept:
/// half of a group that did not fit would be given all of that group's memory again.
class GroupMemory : public std::enable_shared_from_this<GroupMemory> {
 public:
  explicit GroupMemory(DevicePointer device);
  ~GroupMemory();
  GroupMemory(const GroupMemory&) = delete;
  GroupMemory& operator=(const GroupMemory&) = delete;

  /// At least `bytes` of device memory, which may still be in use by work that this lane has queued. Not
  /// cleared. A kept block serves if at least half of it is asked for. Throws OutOfMemory.
  std::shared_ptr<std::byte> allocate(std::size_t bytes);

 private:
  Spare take(std::size_t bytes);
  void give_back(Spare block);

  DevicePointer device_;
  Spare spare_;
};

/// Frees what the lanes of `device` keep for later groups, which keep nothing from then on. Returns true if
/// there was anything.
bool free_spares(const Device& device);

/// Does `action`, and once more without spares if it finds no memory.
template <class Action>
auto with_spares(const Device& device, const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const OutOfMemory&) {
    if (!free_spares(device)) throw;
  }
  return action();
}

/// Page-locked host memory that frees itself.
std::shared_ptr<std::byte> allocate_pinned_memory(const DevicePointer& device, std::size_t bytes);

/// Bytes of the current device that nobody holds; spares count as free. Throws CudaError.
std::size_t free_device_memory(const Device& device);

}  // namespace gpu_sweep::cuda
