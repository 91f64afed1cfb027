#include "engine/experiment/contradictions.h"

#include <algorithm>
#include <cstdint>

#include "engine/experiment/hyper_parameters.h"
#include "engine/experiment/varied_sources.h"

namespace gpu_sweep {

std::string contradiction_in(const ModelSpec& model) {
  if (model.schedule.warmup >= model.epochs) {
    return "schedule.warmup: found " + number_text(model.schedule.warmup) +
           " epochs, expected less than epochs, " + std::to_string(model.epochs);
  }
  const OptimizerSpec& optimizer = model.optimizer;
  if (model.schedule.kind == ScheduleKind::kReduceOnPlateau) {
    if (model.schedule.factor >= 1) {
      return "schedule.factor: found " + number_text(model.schedule.factor) +
             " with reduce_on_plateau, expected a factor below 1";
    }
    if (model.schedule.min_rate >= optimizer.learning_rate) {
      return "schedule.min_rate: found " + number_text(model.schedule.min_rate) +
             ", expected less than the learning rate, " + number_text(optimizer.learning_rate);
    }
  }
  if (optimizer.gradient_clip_value > 0 && optimizer.gradient_clip_norm > 0) {
    return "optimizer.gradient_clip_norm: found " + number_text(optimizer.gradient_clip_norm) +
           " beside gradient_clip_value " + number_text(optimizer.gradient_clip_value) +
           ", expected only one of the two above 0";
  }
  return fault_in_sources(model);
}

std::string fault_in(const ClassWeights& weights) {
  if (weights.values.empty()) return "no weight";
  if (!kClassesRange.contains(static_cast<std::int64_t>(weights.values.size()))) {
    return std::to_string(weights.values.size()) + " weights";
  }
  const bool all_zero = std::ranges::all_of(weights.values, [](double weight) { return weight == 0; });
  return all_zero ? "weights that are all 0" : "";
}

}  // namespace gpu_sweep
