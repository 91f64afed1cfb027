#include "engine/train/plateau.h"

#include <algorithm>

#include "engine/train/early_stopping.h"

namespace gpu_sweep {

bool Plateau::see(const EpochMetrics& epoch, double objective) {
  if (spec_.kind != ScheduleKind::kReduceOnPlateau) return false;
  const double value = monitored(spec_.monitor, epoch, objective);
  if (best_ ? value > *best_ + spec_.min_delta : value == value) {
    best_ = value;
    epochs_without_ = 0;
    return false;
  }
  if (++epochs_without_ < spec_.patience) return false;
  epochs_without_ = 0;
  const double before = rate_;
  rate_ = std::max(rate_ * spec_.factor, spec_.min_rate);
  return rate_ != before;
}

}  // namespace gpu_sweep
