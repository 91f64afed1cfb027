#include "engine/lane/cuda_device.h"

#include <chrono>
#include <thread>

#include "engine/error.h"
#include "kernels/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kOldestCapability = 75;  // the PTX in this library
constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Asks at once, then often, then every 50 microseconds: a wait may take nanoseconds or an epoch.
template <class Query>
void poll(const Device& device, const char* what, const Query& query) {
  constexpr int kAtOnce = 64;
  for (int tries = 0;; ++tries) {
    {
      const std::scoped_lock lock(device.mutex);
      const cudaError_t status = query();
      if (status != cudaErrorNotReady) return check_cuda(status, what);
      cudaGetLastError();  // "not ready" is no error: nobody shall find it later
    }
    if (tries < kAtOnce) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
}

std::string capability(int number) { return std::to_string(number / 10) + "." + std::to_string(number % 10); }

}  // namespace

std::size_t Device::workspace_bytes() const { return (compute_capability >= 90 ? 32 : 4) * kMiB; }

DevicePointer open_device(int ordinal) {
  const auto device = std::make_shared<Device>();
  device->ordinal = ordinal;
  device->id = GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal);
  cudaDeviceProp properties{};
  try {
    use_device(ordinal);
    check_cuda(cudaGetDeviceProperties(&properties, ordinal), "asking for the device's properties");
  } catch (const CudaError& error) {
    throw Error(ExitCode::kDevice, device->id + ": " + error.what());
  }
  device->name = properties.name;
  device->compute_capability = 10 * properties.major + properties.minor;
  if (device->compute_capability < kOldestCapability) {
    throw Error(ExitCode::kDevice, device->id + " (" + device->name + "): compute capability " +
                                       capability(device->compute_capability) + ", this program needs " +
                                       capability(kOldestCapability));
  }
  return device;
}

void use_device(int ordinal) { check_cuda(cudaSetDevice(ordinal), "choosing the device"); }

void wait_for(const Device& device, cudaStream_t stream, const char* what) {
  poll(device, what, [stream] { return cudaStreamQuery(stream); });
}

void wait_for(const Device& device, cudaEvent_t event, const char* what) {
  poll(device, what, [event] { return cudaEventQuery(event); });
}

}  // namespace gpu_sweep::cuda
