// Measures how fast a lane trains a shape. The training time is estimated from this speed.
#pragma once

#include <string>

#include "apps/gpu_sweep/training/setup.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Returns the first rows of every split of `like`: 16 training batches on the CPU and 128 on other devices,
/// or all training rows if there are fewer. Every other split has at most a fifth as many rows. This is
/// enough to make the fixed costs of an epoch negligible.
Dataset excerpt(const Dataset& like, int batch, const std::string& device_kind);

/// Returns the FLOPs per second that `lanes` lanes of the first device reach together on groups like `group`.
/// Trains epochs on an excerpt of the data set for about half a second. Throws Error(kDevice), for example
/// OutOfMemory.
double measure_lane_speed(const Setup& setup, const GroupSpec& group, int lanes);

}  // namespace gpu_sweep
