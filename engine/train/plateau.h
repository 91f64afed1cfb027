// The learning rate under reduce_on_plateau, which falls when epochs no longer get better.
#pragma once

#include <optional>

#include "gpu_sweep/model_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Follows the monitored metric of one run, epoch by epoch, as Keras' ReduceLROnPlateau does: after
/// `patience` epochs in a row that were not better than the best one by more than `min_delta`, the rate is
/// multiplied by `factor`, but stays at least `min_rate`, and the count of epochs begins again. NaN is never
/// better. The state depends only on the epochs seen, so a resumed run replays its history.
class Plateau {
 public:
  explicit Plateau(const ModelSpec& model) : spec_(model.schedule), rate_(model.optimizer.learning_rate) {}

  /// Takes the next epoch. Returns whether the rate changes after it, which it never does under schedules
  /// other than reduce_on_plateau.
  bool see(const EpochMetrics& epoch, double objective);

  double rate() const { return rate_; }  ///< of the next epoch, disregarding a warmup

 private:
  ScheduleSpec spec_;
  double rate_;
  std::optional<double> best_;  // higher is better
  int epochs_without_ = 0;      // since the best epoch or the last fall
};

}  // namespace gpu_sweep
