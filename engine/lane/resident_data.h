// The copy of a data set that is kept on a device.
#pragma once

#include "engine/data/dataset_layout.h"
#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Allocates memory for a data set on the lane's device. If there is too little memory, throws Error(kDevice)
/// with the size of the data set and the number of its rows that would fit.
Buffer allocate_dataset(Lane& lane, const DatasetLayout& layout);

/// Allocates memory for the data set, as allocate_dataset does, and uploads the data set. No packed copy is
/// made on the host. Returns when the upload is done.
Buffer resident_dataset(Lane& lane, const Dataset& dataset, const DatasetLayout& layout);

}  // namespace gpu_sweep
