// The copy of a data set that a device keeps.
#pragma once

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Allocates memory for a data set on the lane's device. If there is too little, throws Error(kDevice) whose
/// text says how large the data set is and how many of its rows would fit.
Buffer allocate_dataset(Lane& lane, const DatasetLayout& layout);

/// Allocates this memory and uploads the data set without making a packed copy on the host. Returns when the
/// upload is done.
Buffer resident_dataset(Lane& lane, const Dataset& dataset, const DatasetLayout& layout);

}  // namespace gpu_sweep
