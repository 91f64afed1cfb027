// One group from start to end: what the scheduler does in steps, where nobody watches.
#pragma once

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// Uploads the data and trains all epochs of `spec` on `lane`.
Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec);

}  // namespace gpu_sweep
