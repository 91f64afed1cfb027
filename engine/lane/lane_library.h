// A shared library of lanes, such as libgpu_sweep_cuda.so.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// What a lane library exports through extern "C" `gpu_sweep_lane_library`.
struct LaneLibrary {
  static constexpr int kVersion = 6;
  int version = kVersion;
  std::string (*built_with)() = nullptr;  ///< returns, for example, "CUDA 13.0"
  std::vector<DeviceInfo> (*devices)(std::string* why) = nullptr;
  MakeLane (*lane_maker)() = nullptr;
};
using LaneLibraryFunction = const LaneLibrary* (*)();

}  // namespace gpu_sweep
