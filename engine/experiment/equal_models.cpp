#include "engine/experiment/equal_models.h"

#include <algorithm>
#include <map>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/run_key.h"

namespace gpu_sweep {

namespace {

std::string key_of_settings(const ModelSpec& model) {
  return run_key(model, 0, Precision::kFp32, "cpu", Dataset{});
}

/// Returns the run key of a model without class weights that are all 1. Such weights do not change the
/// training, but run keys contain them if the file states them.
std::string key_of_training(ModelSpec model) {
  std::vector<double>& weights = model.class_weights.values;
  if (std::ranges::all_of(weights, [](double weight) { return weight == 1; })) weights.clear();
  return key_of_settings(model);
}

}  // namespace

std::vector<std::string> equal_models(const std::vector<ModelSpec>& models) {
  // Two models are equal if their runs have equal keys, apart from class weights that are all 1.
  std::map<std::string, std::vector<std::size_t>> by_key;
  std::vector<std::string> keys, settings;
  for (std::size_t i = 0; i < models.size(); ++i) {
    settings.push_back(key_of_settings(models[i]));
    keys.push_back(key_of_training(models[i]));
    by_key[keys.back()].push_back(i);
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::vector<std::size_t>& equal = by_key.at(keys[i]);
    if (equal.size() < 2 || equal.front() != i) continue;
    constexpr std::size_t kMostNamed = 4;
    std::string line = "models ";
    for (std::size_t k = 0; k < equal.size() && k < kMostNamed; ++k) {
      if (k != 0) line += k + 1 == equal.size() ? " and " : ", ";
      line += shown_text(models[equal[k]].name);
    }
    if (equal.size() > kMostNamed) line += " and " + std::to_string(equal.size() - kMostNamed) + " more";
    const auto is_shared = [&](std::size_t k) { return settings[k] == settings[i]; };
    line += std::ranges::all_of(equal, is_shared)
                ? " have the same settings: they are one model under several names and share their runs"
                : " train equal runs: class_weights that are all 1 are none";
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace gpu_sweep
