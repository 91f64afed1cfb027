#include "engine/experiment/model_keys.h"

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
std::string setting_text(double value) { return number_text(value); }
std::string setting_text(int value) { return std::to_string(value); }
std::string setting_text(bool value) { return value ? "true" : "false"; }

}  // namespace gpu_sweep
