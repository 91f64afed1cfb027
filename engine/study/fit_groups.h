// Divides an experiment into groups that suit the chosen devices.
#pragma once

#include <vector>

#include "engine/study/setup.h"
#include "engine/sweep/grouping.h"

namespace gpu_sweep {

/// Returns one group per shape among `runs`, with all runs of that shape.
std::vector<GroupSpec> groups_by_shape(const std::vector<RunSpec>& runs, const Setup& setup);

/// Returns the room of the device with the least free memory. Throws Error(kDevice).
DeviceRoom least_room(const Setup& setup, const std::vector<GroupSpec>& shapes);

/// Chooses setup.lanes and the replicas per group: the user's values if given, otherwise those tuned on this
/// card (and adds a notice), otherwise values that suit the device and fit in its memory. Throws
/// Error(kDevice).
PlanOptions fit_groups(Setup& setup, const std::vector<RunSpec>& runs);

/// Returns setup.lanes, or fewer if each device gets fewer of the `groups` groups than that.
int useful_lanes(const Setup& setup, std::size_t groups);

}  // namespace gpu_sweep
