// The course of one run on the host: its history, and what follows from it.
#pragma once

#include <vector>

#include "engine/train/early_stopping.h"
#include "engine/train/plateau.h"
#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/model_spec.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Keeps the history of a run. Derives from it when the run stops, which epoch was the best, and when the
/// learning rate falls. These depend on the history and the objectives alone, so a resumed run replays them.
class RunCourse {
 public:
  explicit RunCourse(const ModelSpec& model);

  /// Appends the point of the untrained run. `objective` is that of the point (mean_objective).
  void begin(const EpochMetrics& untrained, double objective);

  /// What has to change on the device after an epoch.
  struct Turn {
    bool lowers_rate = false;  ///< the next epoch has the learning rate `rate()`
    bool stops = false;        ///< the run has ended and must not change any more
    bool keeps_weights =
        false;  ///< this epoch is the best so far, and the run will end with its best weights
  };

  /// Appends an epoch. The run must not have stopped.
  Turn add(const EpochMetrics& epoch, double objective);

  /// Takes over the history and the objectives of a snapshot. The course must be new. Points whose objective
  /// an older version did not keep get NaN.
  void resume(std::vector<EpochMetrics> history, std::vector<double> objective);

  const std::vector<EpochMetrics>& history() const { return history_; }
  const std::vector<double>& objective() const { return objective_; }  ///< RunRecord::objective

  bool stopped() const { return stopping_.stopped(); }
  double rate() const { return plateau_.rate(); }  ///< of the next epoch, under reduce_on_plateau

  /// Returns whether the run will end with its best weights and has had a best epoch.
  bool has_best() const { return restores_best_ && stopping_.best_epoch() > 0; }

 private:
  void append(const EpochMetrics& point, double objective);
  Turn see(const EpochMetrics& epoch, double objective);

  StepExtras extras_;
  bool restores_best_;
  EarlyStopping stopping_;
  Plateau plateau_;
  std::vector<EpochMetrics> history_;
  std::vector<double> objective_;
};

}  // namespace gpu_sweep
