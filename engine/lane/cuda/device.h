// The CUDA devices of this machine, and the state that the lanes on one device share.
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

/// Lists every device that the driver reports, in the driver's order. If a device cannot be used or does not
/// respond, its DeviceInfo::why_not gives the reason. If there is no device, `why` receives one line that
/// says what is missing (a driver, a newer driver, a visible card) or why the CUDA runtime does not start.
std::vector<DeviceInfo> list_devices(std::string* why);

/// Device memory that a lane keeps for its next group.
struct Spare {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

/// One device, shared by all lanes on it.
/// While a thread captures a graph, few CUDA calls other than those that queue work are allowed. A
/// thread-local capture should tolerate calls from other threads, but some calls that wait for the device or
/// load code have been seen to invalidate the capture. A thread therefore holds `mutex` while it captures,
/// allocates, frees, creates or destroys a handle, loads code, or queries progress. It waits for work by
/// queries (wait_for), not by a call that blocks, such as cudaStreamSynchronize. Queueing work needs no
/// mutex; this includes launches of loaded kernels, copies, fills and events.
struct Device {
  int ordinal = 0;
  std::string id;              ///< "cuda:0"
  std::string name;            ///< as NVIDIA names it
  int compute_capability = 0;  ///< 10 * major + minor
  mutable std::mutex mutex;
  mutable std::set<Spare*> spares;   ///< of all lanes; `mutex` also guards the objects pointed to
  mutable bool keeps_spares = true;  ///< false once memory has run short; guarded by `mutex`

  bool has_tf32_and_bf16() const { return compute_capability >= 80; }

  /// Returns the workspace that NVIDIA recommends for cuBLAS: 32 MiB from Hopper on, 4 MiB before.
  std::size_t workspace_bytes() const;
};
using DevicePointer = std::shared_ptr<const Device>;

/// Makes `ordinal` the current device of this thread, and returns its description. Throws Error(kDevice) if
/// the device is unavailable or if this build cannot use it.
DevicePointer open_device(int ordinal);

/// Returns one line that says why this program cannot use device `ordinal`, or an empty string if it can.
/// `compute_capability` is 10 * major + minor of the device. Throws CudaError if the device does not respond.
std::string why_not(int ordinal, int compute_capability);

/// Makes the device current in the calling thread. CUDA keeps this choice per thread.
void use_device(int ordinal);

/// Wait, by polling, until the work on `stream` is done, or the work that was recorded in `event`. Throw
/// CudaError, with `what` in the message, if the work has failed.
void wait_for(const Device& device, cudaStream_t stream, const char* what);
void wait_for(const Device& device, cudaEvent_t event, const char* what);

}  // namespace gpu_sweep::cuda
