// Converts failures of a device to errors for the user.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

#include "engine/lane/cuda/memory.h"
#include "engine/lane/out_of_memory.h"
#include "gpu_sweep/error.h"
#include "kernels/common/cuda_host.h"

namespace gpu_sweep::cuda {

/// Runs `action`. If it fails on the current device, throws OutOfMemory if a smaller request might succeed,
/// and otherwise Error(kDevice), whose text says whether the device is lost, that is, no longer runs
/// anything. OutOfMemory, Error and std::logic_error are passed on as they are.
template <class Action>
auto as_device_error(const Device& device, const Action& action) -> decltype(action()) {
  try {
    return action();
  } catch (const Error&) {
    throw;
  } catch (const std::logic_error&) {
    throw;  // a bug in this program, not a failure of the device
  } catch (const std::exception& error) {
    cudaGetLastError();  // clears the error; a sticky error returns at the next call
    std::size_t free_bytes = 0;
    try {
      free_bytes = free_device_memory(device);
    } catch (const CudaError&) {
      throw Error(ExitCode::kDevice,
                  device.id + " (" + device.name + ") is lost, nothing runs on it any more: " + error.what());
    }
    const auto* cuda_error = dynamic_cast<const CudaError*>(&error);
    if (cuda_error != nullptr && cuda_error->status() == cudaErrorMemoryAllocation) {
      throw OutOfMemory(device.id, error.what(), free_bytes);
    }
    throw Error(ExitCode::kDevice, device.id + ": " + error.what());
  }
}

}  // namespace gpu_sweep::cuda
