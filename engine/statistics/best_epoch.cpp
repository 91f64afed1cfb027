#include "engine/statistics/best_epoch.h"

#include <cmath>

namespace gpu_sweep {

std::optional<BestEpoch> best_epoch(const RunRecord& run) {
  std::optional<BestEpoch> best;
  for (std::size_t epoch = 1; epoch < run.history.size(); ++epoch) {
    const EpochMetrics& metrics = run.history[epoch];
    if (std::isnan(metrics.val_accuracy)) continue;  // NaN: there are no validation rows
    if (!best || metrics.val_accuracy > best->metrics.val_accuracy) {
      best = BestEpoch{static_cast<int>(epoch), metrics};
    }
  }
  return best;
}

}  // namespace gpu_sweep
