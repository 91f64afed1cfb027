#include "engine/lane/cuda/device.h"

#include <chrono>
#include <thread>

#include "engine/lane/cuda/capability.h"
#include "gpu_sweep/error.h"
#include "kernels/common/cuda_host.h"

/// The architectures for which this library has code, in CMake's notation (cmake/Cuda.cmake).
#ifndef GPU_SWEEP_CUDA_ARCHITECTURES
#define GPU_SWEEP_CUDA_ARCHITECTURES "75"
#endif

namespace gpu_sweep::cuda {
namespace {

/// Polls without a pause at first, then every 50 microseconds, because a wait may take anything from
/// nanoseconds to a whole epoch.
template <class Query>
void poll(const Device& device, const char* what, const Query& query) {
  constexpr int kAtOnce = 64;
  for (int tries = 0;; ++tries) {
    {
      const std::scoped_lock lock(device.mutex);
      const cudaError_t status = query();
      if (status != cudaErrorNotReady) return check_cuda(status, what);
      cudaGetLastError();  // "not ready" is not an error, so clear it
    }
    if (tries < kAtOnce) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
}

}  // namespace

std::size_t Device::workspace_bytes() const { return (compute_capability >= 90 ? 32 : 4) * kMiB; }

DevicePointer open_device(int ordinal) {
  const auto device = std::make_shared<Device>();
  device->ordinal = ordinal;
  device->id = GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal);
  cudaDeviceProp properties{};
  std::string refusal;
  try {
    check_cuda(cudaGetDeviceProperties(&properties, ordinal), "asking for the device's properties");
    device->name = properties.name;
    device->compute_capability = 10 * properties.major + properties.minor;
    refusal = why_not(ordinal, device->compute_capability);
    if (refusal.empty()) use_device(ordinal);
  } catch (const CudaError& error) {
    throw Error(ExitCode::kDevice, device->id + ": " + error.what());
  }
  if (!refusal.empty()) throw Error(ExitCode::kDevice, device->id + " (" + device->name + "): " + refusal);
  return device;
}

std::string why_not(int ordinal, int compute_capability) {
  std::string why = why_no_code(GPU_SWEEP_CUDA_ARCHITECTURES, compute_capability);
  if (!why.empty()) return why;
  int mode = cudaComputeModeDefault;
  check_cuda(cudaDeviceGetAttribute(&mode, cudaDevAttrComputeMode, ordinal), "asking for the compute mode");
  if (mode == cudaComputeModeProhibited)
    return "its compute mode allows no program to use it (nvidia-smi -c 0 changes that)";
  return {};
}

void use_device(int ordinal) { check_cuda(cudaSetDevice(ordinal), "choosing the device"); }

void wait_for(const Device& device, cudaStream_t stream, const char* what) {
  poll(device, what, [stream] { return cudaStreamQuery(stream); });
}

void wait_for(const Device& device, cudaEvent_t event, const char* what) {
  poll(device, what, [event] { return cudaEventQuery(event); });
}

}  // namespace gpu_sweep::cuda
