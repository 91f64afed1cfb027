// Lanes on CUDA devices.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/lane/cuda/device.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep::cuda {

/// Makes the lanes of a sweep. It keeps one Device per card, so that lanes on the same card do not disturb
/// each other's captures. Use only one maker per card: lanes from two makers could disturb each other. Safe
/// to use from several threads.
class LaneMaker {
 public:
  /// Makes a lane on device `ordinal`: one non-blocking stream with its own cuBLAS handle, workspace and
  /// page-locked staging memory. Lanes share none of these, so each reproduces its results bit for bit.
  /// Throws Error(kDevice).
  std::unique_ptr<Lane> make(int ordinal, const LaneOptions& options);

 private:
  DevicePointer device(int ordinal);

  std::mutex mutex_;
  std::map<int, DevicePointer> devices_;
};

}  // namespace gpu_sweep::cuda
