#include "engine/statistics/runs_of_models.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <unordered_map>

namespace gpu_sweep {

std::vector<std::vector<const RunRecord*>> runs_of_models(const Experiment& experiment,
                                                          std::span<const RunRecord> runs) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < experiment.models.size(); ++i) places[experiment.models[i].name] = i;
  std::vector<std::vector<const RunRecord*>> result(experiment.models.size());
  for (const RunRecord& run : runs) {
    if (const auto place = places.find(run.model); place != places.end()) {
      result[place->second].push_back(&run);
    }
  }
  return result;
}

bool is_finite(const RunRecord& run) {
  return !run.diverged_epoch && std::ranges::all_of(kAllSplits, [&](Split split) {
    if (std::isfinite(run[split].loss) && std::isfinite(run[split].accuracy)) return true;
    const bool may_be_empty = split == Split::kValidation || split == Split::kJudging;
    return may_be_empty && std::isnan(run[split].loss) && !run.has_rows(split);
  });
}

std::vector<const RunRecord*> finite_runs(const std::vector<const RunRecord*>& runs) {
  std::vector<const RunRecord*> finite;
  std::ranges::copy_if(runs, std::back_inserter(finite),
                       [](const RunRecord* run) { return is_finite(*run); });
  return finite;
}

}  // namespace gpu_sweep
