// The memory that a device has left for groups after everything else is loaded.
#pragma once

#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/sweep/grouping.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Creates a lane (engine/lane/lane.h) on the device, and compiles all programs for one replica of each of
/// `shapes`, so that kernels and libraries are loaded. Then measures the memory that is left beside the data
/// set.
/// At most 16 shapes are compiled; if there are more, these are spread evenly over the list. This is enough
/// because shapes hardly differ in anything but their sizes, and because the kernels of a graph come from few
/// modules. DeviceRoom::group_bytes of the result is for the shape that needs the most memory. Throws
/// Error(kDevice).
DeviceRoom measure_room(const Backend& backend, int device, const std::vector<GroupSpec>& shapes,
                        const DatasetLayout& dataset);

}  // namespace gpu_sweep
