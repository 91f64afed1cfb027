#include "engine/train/early_stopping.h"

namespace gpu_sweep {

double monitored(Monitor monitor, const EpochMetrics& epoch, double objective) {
  if (monitor == Monitor::kObjective) return -objective;
  return monitor == Monitor::kValidationLoss ? -epoch.val_loss : epoch.val_accuracy;
}

bool EarlyStopping::see(const EpochMetrics& epoch, double objective) {
  ++epochs_;
  if (spec_.monitor == Monitor::kNone) return false;
  const double value = monitored(spec_.monitor, epoch, objective);
  const bool better = best_epoch_ == 0 ? value == value : value > best_ + spec_.min_delta;
  if (!better) return false;
  best_ = value;
  best_epoch_ = epochs_;
  return true;
}

int final_epoch(const EarlyStoppingSpec& spec, std::span<const EpochMetrics> history,
                std::span<const double> objective) {
  const int last = static_cast<int>(history.size()) - 1;
  if (spec.monitor == Monitor::kNone || !spec.restore_best) return last;
  EarlyStopping stopping(spec);
  for (std::size_t epoch = 1; epoch < history.size(); ++epoch) {
    stopping.see(history[epoch], objective_at(history, objective, epoch));
  }
  return stopping.best_epoch() == 0 ? last : stopping.best_epoch();
}

}  // namespace gpu_sweep
