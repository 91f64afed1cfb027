// Where a run was best on the validation set: kept apart from where it ended.
#pragma once

#include <optional>

#include "engine/train/run_record.h"

namespace gpu_sweep {

struct BestEpoch {
  int epoch = 0;  ///< counts from 1
  EpochFigures figures;
};

/// The epoch with the highest val_accuracy, the earliest on ties. The untrained point 0 takes no part; absent
/// where nothing was trained.
std::optional<BestEpoch> best_epoch(const RunRecord& run);

}  // namespace gpu_sweep
