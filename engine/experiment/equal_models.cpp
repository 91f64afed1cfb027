#include "engine/experiment/equal_models.h"

#include <map>

#include "engine/experiment/hyper_parameters.h"
#include "gpu_sweep/run_key.h"

namespace gpu_sweep {

std::vector<std::string> equal_models(const std::vector<ModelSpec>& models) {
  // Two models are equal if their runs have equal keys.
  std::map<std::string, std::vector<std::size_t>> by_key;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < models.size(); ++i) {
    keys.push_back(run_key(models[i], 0, Precision::kFp32, "cpu", Dataset{}));
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
    lines.push_back(line +
                    " have the same settings: they are one model under several names and share their runs");
  }
  return lines;
}

}  // namespace gpu_sweep
