// The memory that a group takes on a lane.
#pragma once

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Returns the layout of the arena that ReplicaGroup allocates for `group` on `lane`. It does not depend on
/// the group's runs or their number.
GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
