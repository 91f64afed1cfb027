// One group from start to end: what the scheduler does in steps, where nobody watches.
#pragma once

#include <vector>

#include "engine/data/dataset.h"
#include "engine/lane/lane.h"
#include "engine/model/weights.h"
#include "engine/train/group_spec.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

struct Trained {
  std::vector<RunRecord> records;  ///< in the order of the group's runs
  std::vector<Weights> weights;    ///< likewise
};

/// Uploads the data and trains all epochs of `spec` on `lane`.
Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec);

}  // namespace gpu_sweep
