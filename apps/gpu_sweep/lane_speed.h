// How fast a lane trains a shape, for estimates of time.
#pragma once

#include "apps/gpu_sweep/setup.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// FLOPs a second that one lane alone reaches on groups like `group`: a few steps on the first images of the
/// data set, repeated for about half a second. Throws Error(kDevice).
double measure_lane_speed(const Setup& setup, const GroupSpec& group);

}  // namespace gpu_sweep
