// The CUDA devices of this machine, and what the lanes on one of them share.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/lane/device.h"

/// "cuda", unless the build of the library says otherwise (tests' stand-in says "simt").
#ifndef GPU_SWEEP_DEVICE_KIND
#define GPU_SWEEP_DEVICE_KIND "cuda"
#endif

namespace gpu_sweep::cuda {

inline constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Every device that the driver shows, in its order; one that cannot be used, or does not answer, says why
/// (DeviceInfo::why_not). `why` says in one line what is missing where there is none: a driver, a newer
/// driver, or a visible card.
std::vector<DeviceInfo> list_devices(std::string* why);

/// Device memory that a lane holds from one group to the next.
struct Spare {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

/// One device, known to all lanes on it. A capture forbids its own thread most calls that do not queue work.
/// Calls of other threads it should bear, since it is thread-local, but some that wait for the device or load
/// code were seen to spoil it: so every thread holds `mutex` while it captures, allocates, frees, makes or
/// destroys a handle, loads, or asks how far the work is, and no thread calls a function whose purpose is to
/// wait for the device. Work is queued without it: launches of what is loaded, copies, fills, events.
struct Device {
  int ordinal = 0;
  std::string id;              ///< "cuda:0"
  std::string name;            ///< as NVIDIA names it
  int compute_capability = 0;  ///< 10 * major + minor
  mutable std::mutex mutex;
  mutable std::set<Spare*> spares;   ///< of all lanes; `mutex` guards what they point to, too
  mutable bool keeps_spares = true;  ///< false once memory was short; guarded by `mutex`

  bool has_tf32_and_bf16() const { return compute_capability >= 80; }

  /// What NVIDIA recommends for cuBLAS: 32 MiB from Hopper on, 4 MiB before.
  std::size_t workspace_bytes() const;
};
using DevicePointer = std::shared_ptr<const Device>;

/// Makes `ordinal` the current device of this thread and describes it. Throws Error(kDevice) where it cannot
/// be had or this build cannot use it.
DevicePointer open_device(int ordinal);

/// Why this program cannot use device `ordinal`, which has this compute capability (10 * major + minor), in
/// one line; empty where it can. Throws CudaError where the device does not answer.
std::string why_not(int ordinal, int compute_capability);

/// Makes the device current in the calling thread: CUDA keeps the choice by thread.
void use_device(int ordinal);

/// Wait for the work on `stream`, or for what was recorded in `event`, by asking now and then. Throw
/// CudaError naming `what`.
void wait_for(const Device& device, cudaStream_t stream, const char* what);
void wait_for(const Device& device, cudaEvent_t event, const char* what);

}  // namespace gpu_sweep::cuda
