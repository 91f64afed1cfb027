// Divides an experiment into groups that suit the chosen devices.
#pragma once

#include <vector>

#include "apps/gpu_sweep/training/setup.h"
#include "engine/sweep/grouping.h"

namespace gpu_sweep {

/// Returns one group per shape among `runs`, with all runs of that shape.
std::vector<GroupSpec> groups_by_shape(const std::vector<RunSpec>& runs, const Setup& setup);

/// Returns the free memory of the device that has the least. Throws Error(kDevice).
DeviceRoom least_room(const Setup& setup, const std::vector<GroupSpec>& shapes);

/// Chooses setup.lanes and the replicas per group: what the user asked for, otherwise what was tuned on this
/// card (a notice says so), otherwise what suits the device and fits in its memory. Throws Error(kDevice).
PlanOptions fit_groups(Setup& setup, const std::vector<RunSpec>& runs);

}  // namespace gpu_sweep
