// Lanes on CUDA devices.
#pragma once

#include <memory>

#include "engine/lane/device.h"

namespace gpu_sweep::cuda {

/// A lane on the device `ordinal`: one non-blocking stream with a cuBLAS handle, a workspace and page-locked
/// staging of its own, so that lanes share nothing and each repeats its results bit for bit. Throws
/// Error(kDevice) where it cannot be made.
std::unique_ptr<Lane> make_lane(int ordinal, const LaneOptions& options);

}  // namespace gpu_sweep::cuda
