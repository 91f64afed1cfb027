// Measures how fast a lane trains a shape, to estimate training time.
#pragma once

#include <string>

#include "apps/gpu_sweep/training/setup.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Returns the first images of every split of `like`, enough to make the fixed costs of an epoch negligible:
/// 16 batches on the CPU and 128 on a card, or the whole split if it is smaller.
Dataset excerpt(const Dataset& like, int batch, const std::string& device_kind);

/// Returns the FLOPs per second that `lanes` lanes of the first device reach together on groups like `group`.
/// Trains epochs on an excerpt of the data set for about half a second. Throws Error(kDevice), including
/// OutOfMemory.
double measure_lane_speed(const Setup& setup, const GroupSpec& group, int lanes);

}  // namespace gpu_sweep
