#include <cublas_v2.h>
#include <cuda_runtime_api.h>

#include <filesystem>
#include <stdexcept>

#include "engine/lane/cuda/capability.h"
#include "engine/lane/cuda/device.h"
#include "engine/lane/cuda/driver.h"
#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {
namespace {

std::string why_none(cudaError_t status) {
  int driver = 0;
  int runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  if (status == cudaErrorInsufficientDriver && driver == 0) return "no NVIDIA driver is installed";
  if (status == cudaErrorInsufficientDriver) {
    std::error_code error;
    return why_driver_is_too_old(driver, runtime, std::filesystem::read_symlink("/proc/self/exe", error));
  }
  if (status == cudaErrorNoDevice || status == cudaSuccess) {
    return "there is an NVIDIA driver but no visible GPU (CUDA_VISIBLE_DEVICES may hide cards)";
  }
  return std::string("the CUDA runtime does not start: ") + cudaGetErrorString(status) + " (" +
         cudaGetErrorName(status) + ")";
}

/// Returns a name for what the bits of a matrix product depend on besides its operands: the version of
/// cuBLAS, the architecture and the number of multiprocessors (cuBLAS guide, "Results Reproducibility").
std::string numerics(int capability_number, int multiprocessors) {
  std::string version;
  for (const libraryPropertyType part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
    int number = 0;
    if (cublasGetProperty(part, &number) != CUBLAS_STATUS_SUCCESS) {
      throw std::runtime_error("cuBLAS does not report its version");
    }
    version += (version.empty() ? "" : ".") + std::to_string(number);
  }
  return "cuBLAS " + version + ", compute capability " + capability_text(capability_number) + ", " +
         std::to_string(multiprocessors) + " multiprocessors";
}

void describe(int ordinal, DeviceInfo& info) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, ordinal), "asking for a device's properties");
  info.name = properties.name;
  int driver = 0;
  int runtime = 0;
  check_cuda(cudaDriverGetVersion(&driver), "asking for the driver's version");
  check_cuda(cudaRuntimeGetVersion(&runtime), "asking for the runtime's version");
  const int number = 10 * properties.major + properties.minor;
  info.numerics = numerics(number, properties.multiProcessorCount);
  info.details = info.numerics + ", " + std::to_string(properties.totalGlobalMem / kMiB) + " MiB, L2 " +
                 std::to_string(static_cast<std::size_t>(properties.l2CacheSize) / kMiB) +
                 " MiB, driver CUDA " + version_text(driver) + ", runtime " + version_text(runtime);
  info.supports_tf32 = info.supports_bf16 = number >= 80;
  info.default_lanes = 2;
  info.driver = "CUDA " + version_text(driver);
  info.memory_bytes = properties.totalGlobalMem;
  info.memory_bus_bits = properties.memoryBusWidth;
  info.l2_bytes = static_cast<std::uint64_t>(properties.l2CacheSize);
  info.why_not = why_not(ordinal, number);
}

/// Describes one card. If that fails, the card is listed with its error, so that it does not hide the others.
DeviceInfo look_at(int ordinal) {
  DeviceInfo info;
  info.id = GPU_SWEEP_DEVICE_KIND ":" + std::to_string(ordinal);
  info.device_kind = GPU_SWEEP_DEVICE_KIND;
  try {
    describe(ordinal, info);
  } catch (const std::runtime_error& error) {
    cudaGetLastError();  // the error is reported here, so clear it
    info.why_not = error.what();
  }
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
  for (int ordinal = 0; ordinal < count; ++ordinal) devices.push_back(look_at(ordinal));
  return devices;
}

}  // namespace gpu_sweep::cuda
