#include "engine/lane/cuda_device.h"

#include <cuda_runtime_api.h>

#include <map>

#include "engine/error.h"
#include "kernels/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

constexpr int kOldestCapability = 75;  // the PTX in this library
constexpr std::size_t kMiB = std::size_t{1} << 20;

/// 13020 -> "13.2"
std::string cuda_version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

std::string capability(int number) { return std::to_string(number / 10) + "." + std::to_string(number % 10); }

std::string why_none(cudaError_t status) {
  int driver = 0;
  int runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (status == cudaErrorInsufficientDriver && driver == 0) return "no NVIDIA driver is installed";
  if (status == cudaErrorInsufficientDriver) {
    return "the NVIDIA driver is too old: it has CUDA " + cuda_version(driver) + ", this program needs " +
           cuda_version(runtime);
  }
  if (status == cudaErrorNoDevice || status == cudaSuccess) {
    return "there is an NVIDIA driver but no visible GPU (CUDA_VISIBLE_DEVICES hides cards, too)";
  }
  return std::string("the CUDA runtime does not start: ") + cudaGetErrorString(status) + " (" +
         cudaGetErrorName(status) + ")";
}

/// What counts is whether the replicas of both lanes stay in L2 together. High-bandwidth memory does not need
/// that, and a small L2 does not allow it. Computed, not measured.
int default_replicas(const cudaDeviceProp& properties) {
  constexpr int kNarrowestHbm = 1024;  // bits of the memory bus; GDDR has at most 512
  const bool has_hbm = properties.memoryBusWidth >= kNarrowestHbm;
  const bool has_large_l2 = static_cast<std::size_t>(properties.l2CacheSize) >= 64 * kMiB;
  return !has_hbm && has_large_l2 ? 8 : 50;
}

DeviceInfo describe(int ordinal) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, ordinal), "asking for a device's properties");
  int driver = 0;
  int runtime = 0;
  check_cuda(cudaDriverGetVersion(&driver), "asking for the driver's version");
  check_cuda(cudaRuntimeGetVersion(&runtime), "asking for the runtime's version");
  const int number = 10 * properties.major + properties.minor;
  DeviceInfo info;
  info.id = GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal);
  info.device_kind = GPU_SWEEP_DEVICE_KIND;
  info.name = properties.name;
  info.details = "compute capability " + capability(number) + ", " +
                 std::to_string(properties.totalGlobalMem / kMiB) + " MiB, L2 " +
                 std::to_string(static_cast<std::size_t>(properties.l2CacheSize) / kMiB) +
                 " MiB, driver CUDA " + cuda_version(driver) + ", runtime " + cuda_version(runtime);
  info.supports_tf32 = info.supports_bf16 = number >= 80;
  info.default_lanes = 2;
  info.default_replicas = default_replicas(properties);
  info.memory_bytes = properties.totalGlobalMem;
  return info;
}

}  // namespace

std::vector<DeviceInfo> list_devices(std::string* why) {
  std::vector<DeviceInfo> devices;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) {
    *why = why_none(status);
    return devices;
  }
  try {
    for (int ordinal = 0; ordinal < count; ++ordinal) devices.push_back(describe(ordinal));
  } catch (const CudaError& error) {
    devices.clear();
    *why = error.what();
  }
  return devices;
}

std::size_t Device::workspace_bytes() const { return (compute_capability / 10 == 9 ? 32 : 4) * kMiB; }

Device open_device(int ordinal) {
  use_device(ordinal);
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, ordinal), "asking for the device's properties");
  Device device = {ordinal, GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal), properties.name,
                   10 * properties.major + properties.minor};
  if (device.compute_capability < kOldestCapability) {
    throw Error(ExitCode::kDevice, device.id + " (" + device.name + "): compute capability " +
                                       capability(device.compute_capability) + ", this program needs " +
                                       capability(kOldestCapability));
  }
  return device;
}

void use_device(int ordinal) { check_cuda(cudaSetDevice(ordinal), "choosing the device"); }

std::mutex& allocation_mutex(int ordinal) {
  static std::mutex guard;
  static std::map<int, std::mutex> mutexes;  // nodes never move
  const std::scoped_lock lock(guard);
  return mutexes[ordinal];
}

std::shared_ptr<std::byte> allocate_device_memory(const Device& device, std::size_t bytes) {
  use_device(device.ordinal);
  const std::scoped_lock lock(allocation_mutex(device.ordinal));
  void* memory = nullptr;
  const cudaError_t status = cudaMalloc(&memory, bytes > 0 ? bytes : 1);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // out of memory is no lasting error: forget it
    std::size_t free_bytes = 0;
    std::size_t total = 0;
    check_cuda(cudaMemGetInfo(&free_bytes, &total), "asking for free memory");
    throw Error(ExitCode::kDevice, "out of memory on " + device.id + ": " + std::to_string(bytes) +
                                       " bytes asked for, " + std::to_string(free_bytes) + " of " +
                                       std::to_string(total) + " free");
  }
  check_cuda(status, "allocating device memory");
  return {static_cast<std::byte*>(memory), [ordinal = device.ordinal](std::byte* address) {
            cudaSetDevice(ordinal);
            const std::scoped_lock free_lock(allocation_mutex(ordinal));
            cudaFree(address);
          }};
}

std::shared_ptr<std::byte> allocate_pinned_memory(const Device& device, std::size_t bytes) {
  use_device(device.ordinal);
  const std::scoped_lock lock(allocation_mutex(device.ordinal));
  void* memory = nullptr;
  check_cuda(cudaMallocHost(&memory, bytes), "allocating page-locked host memory");
  return {static_cast<std::byte*>(memory), [ordinal = device.ordinal](std::byte* address) {
            cudaSetDevice(ordinal);
            const std::scoped_lock free_lock(allocation_mutex(ordinal));
            cudaFreeHost(address);
          }};
}

}  // namespace gpu_sweep::cuda
