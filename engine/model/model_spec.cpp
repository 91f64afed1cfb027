#include "gpu_sweep/model_spec.h"

#include "gpu_sweep/mlp_spec.h"

namespace gpu_sweep {

OptimizerSpec OptimizerSpec::with_defaults(OptimizerKind kind) {
  OptimizerSpec spec;
  spec.kind = kind;
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) \
  if (kind == OptimizerKind::enumerator) spec.key = default;
#include "gpu_sweep/optimizers.def"
  return spec;
}

ScheduleSpec ScheduleSpec::with_defaults(ScheduleKind kind) {
  ScheduleSpec spec;
  spec.kind = kind;
#define GPU_SWEEP_SCHEDULE_OWN_SCALAR(enumerator, key, default) \
  if (kind == ScheduleKind::enumerator) spec.key = default;
#include "gpu_sweep/schedules.def"
  if (has_monitor(kind)) spec.monitor = Monitor::kValidationLoss;
  return spec;
}

const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return "fp32";
    case Precision::kTf32:
      return "tf32";
    case Precision::kBf16:
      return "bf16";
  }
  return "?";
}

const char* to_string(Monitor monitor) {
  switch (monitor) {
    case Monitor::kNone:
      return "none";
    case Monitor::kValidationLoss:
      return "validation_loss";
    case Monitor::kValidationAccuracy:
      return "validation_accuracy";
    case Monitor::kObjective:
      return "objective";
  }
  return "?";
}

StepExtras step_extras(const ModelSpec& model) {
  StepExtras extras;
  const OptimizerSpec& optimizer = model.optimizer;
  extras.scheduled = model.schedule != ScheduleSpec{};
  extras.clips_norm = optimizer.gradient_clip_norm != 0;
  const bool decays =
      optimizer.weight_decay != 0 && optimizer.kind != OptimizerKind::kAdamW;  // AdamW's own rule decays
  extras.stops = model.early_stopping.monitor != Monitor::kNone;
  extras.keeps_best = extras.stops && model.early_stopping.restore_best;
  extras.adjusted =
      extras.stops || decays || optimizer.l2 != 0 || optimizer.gradient_clip_value != 0 || extras.clips_norm;
  extras.weighted_loss = model.label_smoothing != 0 || model.class_weights != ClassWeights{};
  extras.penalized = optimizer.l2 != 0;
  return extras;
}

MlpSpec mlp_spec(const ModelSpec& model, int features, int classes, Precision precision) {
  return {features,         model.hidden, classes,           model.activation, model.optimizer.kind,
          model.batch_size, precision,    step_extras(model)};
}

}  // namespace gpu_sweep
