// Trains one group from start to end in one call, without the events of the scheduler.
#pragma once

#include "engine/lane/lane.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/group_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Uploads the data, trains all epochs of `spec` on `lane` and returns the finished runs with their weights.
Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec);

}  // namespace gpu_sweep
