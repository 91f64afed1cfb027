// What a GPU must show before it may train for hours.
#pragma once

#include <vector>

#include "apps/gpu_sweep/setup.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Compares three steps of two replicas of the first group's shape with the CPU lane, on each device. Throws
/// Error(kDevice) with the figures where they differ. Does nothing where the device is the CPU.
void check_first_steps(const Setup& setup, const std::vector<GroupSpec>& groups);

}  // namespace gpu_sweep
