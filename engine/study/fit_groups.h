// Divides an experiment into groups that suit the chosen devices.
#pragma once

#include <vector>

#include "engine/study/setup.h"
#include "engine/sweep/grouping.h"

namespace gpu_sweep {

/// Returns one group for each set of `runs` that can be trained together: those with equal shape, epochs and
/// shuffle.
std::vector<GroupSpec> groups_by_shape(const std::vector<RunSpec>& runs, const Setup& setup);

/// Returns the memory of the device that has the least free memory. Throws Error(kDevice).
DeviceRoom least_room(const Setup& setup, const std::vector<GroupSpec>& shapes);

/// Chooses setup.lanes and the number of replicas per group. The user's values are taken if there are any.
/// Otherwise values tuned on this card are taken, and a notice is added. Otherwise the values are computed to
/// suit the device and to fit in its memory. Throws Error(kDevice).
PlanOptions fit_groups(Setup& setup, const std::vector<RunSpec>& runs);

/// Returns the number of lanes per device that can be used: setup.lanes, or fewer if there are too few groups
/// to give each lane one. `groups` is the number of groups.
int useful_lanes(const Setup& setup, std::size_t groups);

}  // namespace gpu_sweep
