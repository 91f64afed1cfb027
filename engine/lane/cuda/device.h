// The CUDA devices of this machine, and what the lanes on one of them share.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "gpu_sweep/device.h"

/// "cuda", unless the build sets another kind (the stand-in used by the tests sets "simt").
#ifndef GPU_SWEEP_DEVICE_KIND
#define GPU_SWEEP_DEVICE_KIND "cuda"
#endif

namespace gpu_sweep::cuda {

inline constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Lists every device that the driver shows, in the driver's order. If a device cannot be used or does not
/// answer, its DeviceInfo::why_not says why. If there is no device, `why` receives one line that names what
/// is missing: a driver, a newer driver, or a visible card.
std::vector<DeviceInfo> list_devices(std::string* why);

/// Device memory that a lane keeps for its next group.
struct Spare {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

/// One device, shared by all lanes on it. While a thread captures a graph, it may make few calls other than
/// those that queue work. A thread-local capture should tolerate calls from other threads, but some calls
/// that wait for the device or load code have been seen to invalidate the capture. Every thread therefore
/// holds `mutex` while it captures, allocates, frees, creates or destroys a handle, loads code, or queries
/// progress, and no thread calls a function that waits for the device. Queueing work needs no mutex: launches
/// of loaded kernels, copies, fills, events.
struct Device {
  int ordinal = 0;
  std::string id;              ///< "cuda:0"
  std::string name;            ///< as NVIDIA names it
  int compute_capability = 0;  ///< 10 * major + minor
  mutable std::mutex mutex;
  mutable std::set<Spare*> spares;   ///< of all lanes; `mutex` also guards the pointees
  mutable bool keeps_spares = true;  ///< false once memory has run short; guarded by `mutex`

  bool has_tf32_and_bf16() const { return compute_capability >= 80; }

  /// Returns the workspace that NVIDIA recommends for cuBLAS: 32 MiB from Hopper on, 4 MiB before.
  std::size_t workspace_bytes() const;
};
using DevicePointer = std::shared_ptr<const Device>;

/// Makes `ordinal` the current device of this thread and describes it. Throws Error(kDevice) if the device is
/// unavailable or this build cannot use it.
DevicePointer open_device(int ordinal);

/// Returns one line that says why this program cannot use device `ordinal`, or an empty string if it can.
/// `compute_capability` is that of the device: 10 * major + minor. Throws CudaError if the device does not
/// answer.
std::string why_not(int ordinal, int compute_capability);

/// Makes the device current in the calling thread. CUDA keeps this choice per thread.
void use_device(int ordinal);

/// Wait for the work on `stream`, or for the work recorded in `event`, by polling. Throw CudaError, naming
/// `what`, if the work has failed.
void wait_for(const Device& device, cudaStream_t stream, const char* what);
void wait_for(const Device& device, cudaEvent_t event, const char* what);

}  // namespace gpu_sweep::cuda
