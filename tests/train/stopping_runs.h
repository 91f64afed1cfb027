// Six runs of one group, of which five stop early.
#pragma once

#include <string>
#include <vector>

#include "gpu_sweep/group_spec.h"

namespace gpu_sweep::test {

inline constexpr int kStoppingEpochs = 7;

/// Returns runs of which two stop after epoch 2, then one after each of the epochs 3, 4 and 5, while the last
/// one trains all epochs. No epoch after the first is better by enough, except for the last run, whose best
/// epoch is that with the lowest objective. With `settings`, they restore their best weights, and have
/// settings with a state that a run takes along into another group: rates that fall on plateaus, and an
/// objective of its own, with smoothed labels and in the first three runs a penalty.
inline std::vector<RunSpec> stopping_runs(bool settings) {
  std::vector<RunSpec> runs(6);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].seed = 20 + i;
    runs[i].key = "run " + std::to_string(i);
    ModelSpec& model = runs[i].model;
    model.name = "model " + std::to_string(i);
    model.hidden = {7};
    model.dropout = 0.25;
    model.batch_size = 16;
    model.epochs = kStoppingEpochs;
    model.optimizer.learning_rate = 0.05;
    const int patience[] = {1, 1, 2, 3, 4, kStoppingEpochs};
    const Monitor monitors[] = {Monitor::kValidationLoss, Monitor::kValidationAccuracy, Monitor::kObjective};
    const bool last = i == 5;
    model.early_stopping = {monitors[i % 3], patience[i], last ? 0 : 1e3, settings};
    if (!settings) continue;
    model.schedule = ScheduleSpec::with_defaults(ScheduleKind::kReduceOnPlateau);
    model.schedule.patience = 1 + static_cast<int>(i % 2);
    model.schedule.min_delta = 1e3;
    model.schedule.factor = 0.5;
    model.label_smoothing = 0.1;
    model.optimizer.l2 = i < 3 ? 0.01 : 0;
    model.optimizer.gradient_clip_norm = 0.5;
  }
  return runs;
}

}  // namespace gpu_sweep::test
