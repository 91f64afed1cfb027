// How fast a lane trains a shape, for estimates of time.
#pragma once

#include <string>

#include "apps/gpu_sweep/setup.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// The first images of every set of `like`, for an epoch whose fixed costs do not weigh: 16 steps of the
/// batch on the CPU, 128 on a card, and never more than there are.
Dataset excerpt(const Dataset& like, int batch, const std::string& device_kind);

/// FLOPs a second that `lanes` lanes of the first device reach together on groups like `group`: epochs on
/// an excerpt of the data set, repeated for about half a second. Throws Error(kDevice), OutOfMemory
/// among them.
double measure_lane_speed(const Setup& setup, const GroupSpec& group, int lanes);

}  // namespace gpu_sweep
