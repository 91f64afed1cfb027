// The memory that a device has left for groups once everything is loaded.
#pragma once

#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/sweep/grouping.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Makes a lane on the device, compiles all programs for one replica of each of `shapes`, so that kernels and
/// libraries are loaded, and measures the memory left beside the data set. If there are more than 16 shapes,
/// compiles at most 16, evenly spread: shapes differ in little but their sizes, and the kernels of a graph
/// come from few modules. DeviceRoom::group_bytes returns the bytes of a group of the shape that needs the
/// most. Throws Error(kDevice).
DeviceRoom measure_room(const Backend& backend, int device, const std::vector<GroupSpec>& shapes,
                        const DatasetLayout& dataset);

}  // namespace gpu_sweep
