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

bool has_rows(const RunRecord& run, Split split) {
  if (!std::isnan(run[split].accuracy)) return true;
  return std::ranges::any_of(run.confusion[static_cast<std::size_t>(split)].counts,
                             [](std::uint32_t count) { return count != 0; });
}

bool is_finite(const RunRecord& run) {
  const bool judged = !run.judging || (std::isfinite(run.judging->metrics.loss) &&
                                       std::isfinite(run.judging->metrics.accuracy));
  return judged && !run.diverged_epoch && std::ranges::all_of(kAllSplits, [&run](Split split) {
           const SplitMetrics& metrics = run[split];
           return (std::isfinite(metrics.loss) && std::isfinite(metrics.accuracy)) ||
                  (std::isnan(metrics.loss) && split == Split::kValidation && !has_rows(run, split));
         });
}

std::vector<const RunRecord*> finite_runs(const std::vector<const RunRecord*>& runs) {
  std::vector<const RunRecord*> finite;
  std::ranges::copy_if(runs, std::back_inserter(finite),
                       [](const RunRecord* run) { return is_finite(*run); });
  return finite;
}

}  // namespace gpu_sweep
