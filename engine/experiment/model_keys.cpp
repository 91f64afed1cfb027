#include "engine/experiment/model_keys.h"

#include "engine/experiment/schedule_keys.h"
#include "engine/experiment/varied_sources.h"

namespace gpu_sweep {

const std::vector<std::string>& model_keys() {
  static const std::vector<std::string> keys = {
#define GPU_SWEEP_MODEL_KEY(key, Type, default, range, age, help) #key,
#include "gpu_sweep/model_keys.def"
  };
  return keys;
}

std::string setting_text(const std::vector<int>& hidden) {
  std::string text;
  for (const int width : hidden) {
    if (!text.empty()) text += '-';
    text += std::to_string(width);
  }
  return text.empty() ? "none" : text;
}

std::string setting_text(Activation activation) { return to_string(activation); }
std::string setting_text(const ScheduleSpec& schedule) {
  std::string text = to_string(schedule.kind);
  if (has_monitor(schedule.kind)) text += std::string(" monitor=") + to_string(schedule.monitor);
  for (const ScheduleScalar& scalar : schedule_scalars(schedule.kind)) {
    const double value = schedule.*scalar.value;
    if (scalar.value == &ScheduleSpec::warmup && value == 0) continue;
    text += std::string(" ") + scalar.key + "=" + number_text(value);
  }
  return text;
}

std::string setting_text(const ClassWeights& weights) {
  if (weights.balanced) return "balanced";
  std::string text;
  for (const double weight : weights.values) text += (text.empty() ? "" : " ") + number_text(weight);
  return text.empty() ? "none" : text;
}

std::string setting_text(const EarlyStoppingSpec& stopping) {
  if (stopping.monitor == Monitor::kNone) return "none";
  return std::string(to_string(stopping.monitor)) + " patience=" + setting_text(stopping.patience) +
         " min_delta=" + number_text(stopping.min_delta) +
         " restore_best=" + setting_text(stopping.restore_best);
}

std::string setting_text(const VariedSources& sources) {
  std::string text;
  for (const std::string& name : names_of(sources)) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string setting_text(double value) { return number_text(value); }
std::string setting_text(int value) { return std::to_string(value); }
std::string setting_text(bool value) { return value ? "true" : "false"; }

}  // namespace gpu_sweep
