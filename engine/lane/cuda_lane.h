// Lanes on CUDA devices.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/lane/cuda_device.h"
#include "engine/lane/device.h"

namespace gpu_sweep::cuda {

/// Makes the lanes of a sweep, and knows each device once, so that the lanes on it keep out of each other's
/// captures: lanes of two makers do not. May be used from several threads.
class LaneMaker {
 public:
  /// A lane on the device `ordinal`: one non-blocking stream with a cuBLAS handle, a workspace and
  /// page-locked staging of its own, so that lanes share nothing and each repeats its results bit for bit.
  /// Throws Error(kDevice) where it cannot be made.
  std::unique_ptr<Lane> make(int ordinal, const LaneOptions& options);

 private:
  DevicePointer device(int ordinal);

  std::mutex mutex_;
  std::map<int, DevicePointer> devices_;
};

}  // namespace gpu_sweep::cuda
