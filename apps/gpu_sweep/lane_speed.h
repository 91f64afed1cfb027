// How fast a lane trains a shape, for estimates of time.
#pragma once

#include "apps/gpu_sweep/setup.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// FLOPs a second that `lanes` lanes of the first device reach together on groups like `group`: a few steps
/// on the first images of the data set, repeated for about half a second. Throws Error(kDevice), OutOfMemory
/// among them.
double measure_lane_speed(const Setup& setup, const GroupSpec& group, int lanes);

}  // namespace gpu_sweep
