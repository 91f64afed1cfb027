// A model of an experiment in its final form: defaults, grid and flags have been applied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_sweep/activation.h"
#include "gpu_sweep/optimizer.h"
#include "gpu_sweep/schedule.h"

namespace gpu_sweep {

enum class Precision : std::uint8_t { kFp32, kTf32, kBf16 };

/// An optimizer with its scalars, as optimizers.def lists them. Scalars that a kind of optimizer does not use
/// have no effect on the training or on run keys, but `==` compares them, too.
struct OptimizerSpec {
  OptimizerKind kind = OptimizerKind::kAdam;
#define GPU_SWEEP_SCALAR(key, range, default, help) double key = default;
#include "gpu_sweep/optimizers.def"

  /// Returns the optimizer of this kind with its default settings. They are those of Keras, except for
  /// the momentum of nesterov, which Keras sets to 0.
  static OptimizerSpec with_defaults(OptimizerKind kind);
  friend bool operator==(const OptimizerSpec&, const OptimizerSpec&) = default;
};

/// What the epochs of a run are judged by: a metric of the validation split, or the objective of training,
/// which is the loss of the training rows if no setting makes it differ.
enum class Monitor : std::uint8_t { kNone, kValidationLoss, kValidationAccuracy, kObjective };

/// Returns whether a monitor looks at the validation split.
constexpr bool watches_validation(Monitor monitor) {
  return monitor == Monitor::kValidationLoss || monitor == Monitor::kValidationAccuracy;
}

/// A schedule of the learning rate with its scalars, as schedules.def lists them. A scalar that a kind of
/// schedule does not use keeps its value in ScheduleSpec{}.
struct ScheduleSpec {
  ScheduleKind kind = ScheduleKind::kConstant;
  Monitor monitor = Monitor::kNone;  ///< not kNone for reduce_on_plateau, kNone for all others
#define GPU_SWEEP_SCHEDULE_SCALAR(key, range, default, help) double key = default;
#include "gpu_sweep/schedules.def"

  static ScheduleSpec with_defaults(ScheduleKind kind);
  friend bool operator==(const ScheduleSpec&, const ScheduleSpec&) = default;
};

/// Ends a run once `patience` epochs in a row have not improved on the best epoch by more than `min_delta`.
/// If `monitor` is kNone, the run never stops early and the other members keep their defaults.
struct EarlyStoppingSpec {
  Monitor monitor = Monitor::kNone;
  int patience = 5;
  double min_delta = 0;
  bool restore_best = false;  ///< the run ends with the weights of its best epoch

  friend bool operator==(const EarlyStoppingSpec&, const EarlyStoppingSpec&) = default;
};

/// The weight of each class in the loss: no weights (all are 1), weights that balance the classes of the
/// training split, or a stated list.
struct ClassWeights {
  bool balanced = false;
  std::vector<double> values;  ///< [K], if stated

  friend bool operator==(const ClassWeights&, const ClassWeights&) = default;
};

/// The sources of random draws that follow a run's seed. All other sources are drawn with kFixedSeed, so they
/// give the same draws in all runs.
struct VariedSources {
  bool init = true;     ///< initial weights
  bool order = true;    ///< order of the training rows in each epoch
  bool dropout = true;  ///< dropout masks

  friend bool operator==(const VariedSources&, const VariedSources&) = default;
};

/// The seed of sources that do not vary between runs. The run whose own seed has this value is the same
/// regardless of which sources vary.
constexpr std::uint64_t kFixedSeed = 0;

/// A model: its name and the settings that model_keys.def lists. `hidden` holds the widths of the hidden
/// layers. If it is empty, the model is a logistic regression.
struct ModelSpec {
  std::string name;
#define GPU_SWEEP_MODEL_KEY(key, Type, default, range, age, help) Type key = default;
#include "gpu_sweep/model_keys.def"

  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

/// Returns the name that experiments, flags and JSON use: "fp32", ...
const char* to_string(Precision precision);
const char* to_string(Monitor monitor);  ///< "none", "validation_loss", "validation_accuracy", "objective"

}  // namespace gpu_sweep
