// When a run stops early, and which of its epochs was the best.
#pragma once

#include <span>

#include "gpu_sweep/model_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Returns the monitored metric of an epoch, negated if lower values are better. `objective` is that of the
/// epoch (objective_at).
double monitored(Monitor monitor, const EpochMetrics& epoch, double objective);

/// Follows the monitored metric of one run, epoch by epoch, as Keras' EarlyStopping does. An epoch is better
/// if it improves on the best one so far by more than min_delta. The run stops once `patience` epochs in a
/// row were not better. The state depends only on the epochs seen, so a resumed run replays its history.
class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingSpec& spec) : spec_(spec) {}

  /// Takes the next epoch, counted from 1. Returns whether it is better than the best one so far. NaN is
  /// never better, and neither is any epoch if nothing is monitored.
  bool see(const EpochMetrics& epoch, double objective);

  bool stopped() const { return spec_.monitor != Monitor::kNone && epochs_ - best_epoch_ >= spec_.patience; }
  int best_epoch() const { return best_epoch_; }  ///< 0 if there is none so far

 private:
  EarlyStoppingSpec spec_;
  int epochs_ = 0;
  int best_epoch_ = 0;
  double best_ = 0;  // of best_epoch_; higher is better
};

/// Returns the epoch whose weights a run ends with: the best one if its model restores it and there is one,
/// otherwise the last one. `history` and `objective` are those of a RunRecord.
int final_epoch(const EarlyStoppingSpec& spec, std::span<const EpochMetrics> history,
                std::span<const double> objective = {});

}  // namespace gpu_sweep
