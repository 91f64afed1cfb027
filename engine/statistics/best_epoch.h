// The epoch at which a run was best on the validation set. Reports show it in addition to the last epoch.
#pragma once

#include <optional>

#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

struct BestEpoch {
  int epoch = 0;  ///< counts from 1
  EpochMetrics metrics;
};

/// Returns the epoch with the highest val_accuracy, the earliest on ties. Point 0 of the history, before any
/// training, is not considered. Returns nothing if no epoch was trained or if there are no validation rows.
std::optional<BestEpoch> best_epoch(const RunRecord& run);

}  // namespace gpu_sweep
