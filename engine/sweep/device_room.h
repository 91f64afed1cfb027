// What groups find on a device once everything is loaded there.
#pragma once

#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/sweep/grouping.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Makes a lane on the device, compiles all programs of one replica of `shapes`, so that kernels and
/// libraries are loaded, and asks for the memory that is left beside the data set. Of more than 16 shapes,
/// which differ in little but their sizes, so many are compiled, evenly spread: a graph's kernels come from
/// few modules. A group is taken to be the largest of all shapes. Throws Error(kDevice).
DeviceRoom measure_room(const Backend& backend, int device, const std::vector<GroupSpec>& shapes,
                        const DatasetLayout& dataset);

}  // namespace gpu_sweep
