// What a group takes of a lane's memory.
#pragma once

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"
#include "engine/program/group_layout.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// The arena of `group` on `lane`, as ReplicaGroup lays it out: its runs do not matter, their number neither.
GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group);

}  // namespace gpu_sweep
