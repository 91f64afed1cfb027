// The memory that a group takes on a lane.
#pragma once

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Returns the arena of `group` on `lane`, as ReplicaGroup lays it out. Ignores the group's runs and their
/// number.
GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
