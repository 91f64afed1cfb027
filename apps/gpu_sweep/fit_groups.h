// How an experiment is cut for the devices at hand.
#pragma once

#include <vector>

#include "apps/gpu_sweep/setup.h"
#include "engine/sweep/grouping.h"

namespace gpu_sweep {

/// One group for each shape among `runs`, of all its runs.
std::vector<GroupSpec> groups_by_shape(const std::vector<RunSpec>& runs, const Setup& setup);

/// Room on the device with the least. Throws Error(kDevice).
DeviceRoom least_room(const Setup& setup, const std::vector<GroupSpec>& shapes);

/// Decides on setup.lanes and the replicas of a group: what the user asked for, else what was tuned on this
/// card, which a notice says, else what suits the device, as far as memory goes. Throws Error(kDevice).
PlanOptions fit_groups(Setup& setup, const std::vector<RunSpec>& runs);

}  // namespace gpu_sweep
