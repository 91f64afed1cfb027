// The CUDA devices of this machine, and what a lane has to know of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/lane/device.h"

/// "cuda", unless the build of the library says otherwise (tests' stand-in says "simt").
#ifndef GPU_SWEEP_DEVICE_KIND
#define GPU_SWEEP_DEVICE_KIND "cuda"
#endif

namespace gpu_sweep::cuda {

/// Every device that the driver shows, in its order. `why` says in one line what is missing where there is
/// none: a driver, a newer driver, or a visible card.
std::vector<DeviceInfo> list_devices(std::string* why);

struct Device {
  int ordinal = 0;
  std::string id;              ///< "cuda:0"
  std::string name;            ///< as NVIDIA names it
  int compute_capability = 0;  ///< 10 * major + minor

  bool has_tf32_and_bf16() const { return compute_capability >= 80; }

  /// What NVIDIA recommends for cuBLAS: 32 MiB on Hopper, 4 MiB elsewhere.
  std::size_t workspace_bytes() const;
};

/// Makes `ordinal` the current device of this thread and describes it. Throws Error(kDevice) where the card
/// is too old for this program.
Device open_device(int ordinal);

/// Makes the device current in the calling thread: CUDA keeps the choice by thread.
void use_device(int ordinal);

/// One for each device, for the whole process: whoever allocates, frees or captures on the device holds it,
/// since an allocation by one thread can invalidate a capture by another.
std::mutex& allocation_mutex(int ordinal);

/// Device memory that frees itself. Not cleared. Throws Error(kDevice) naming the bytes asked for and free.
std::shared_ptr<std::byte> allocate_device_memory(const Device& device, std::size_t bytes);

/// Page-locked host memory that frees itself.
std::shared_ptr<std::byte> allocate_pinned_memory(const Device& device, std::size_t bytes);

}  // namespace gpu_sweep::cuda
