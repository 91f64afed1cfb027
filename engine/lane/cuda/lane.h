// Lanes on CUDA devices.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/lane/cuda/device.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep::cuda {

/// Creates lanes. It keeps one Device per card, by which lanes on the same card avoid
/// disturbing each other's captures. Lanes from two makers do not share a Device and could disturb each
/// other, so use only one maker per card. May be used from several threads.
class LaneMaker {
 public:
  /// Creates a lane on device `ordinal`. The lane has its own non-blocking stream, cuBLAS handle, workspace
  /// and page-locked staging memory. Because lanes share none of these, each lane reproduces its results bit
  /// for bit. Throws Error(kDevice).
  std::unique_ptr<Lane> make(int ordinal, const LaneOptions& options);

 private:
  DevicePointer device(int ordinal);

  std::mutex mutex_;
  std::map<int, DevicePointer> devices_;
};

}  // namespace gpu_sweep::cuda
