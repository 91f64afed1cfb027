#include "engine/statistics/summary.h"

#include <algorithm>
#include <cmath>

#include "engine/statistics/moments.h"
#include "engine/statistics/runs_of_models.h"

namespace gpu_sweep {

MeanStd mean_std(std::span<const double> values) {
  const Moments found = moments(values);
  return {found.mean, std::sqrt(found.squares / static_cast<double>(values.size()))};
}

bool is_finite(const RunRecord& run) {
  return !run.diverged_epoch &&
         std::all_of(run.final.begin(), run.final.end(), [](const SetFigures& figures) {
           return std::isfinite(figures.loss) && std::isfinite(figures.accuracy);
         });
}

std::vector<ModelSummary> summarise(const Experiment& experiment, const std::vector<RunRecord>& runs) {
  const auto all = runs_of_models(experiment, runs);
  std::vector<ModelSummary> summaries;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ModelSummary summary;
    summary.name = experiment.models[i].name;
    summary.hidden = experiment.models[i].hidden;
    std::array<std::vector<double>, 3> loss, accuracy;
    for (const RunRecord* run : all[i]) {
      if (!is_finite(*run)) {
        ++summary.diverged;
        continue;
      }
      ++summary.runs;
      for (std::size_t set = 0; set < kAllSets.size(); ++set) {
        loss[set].push_back(run->final[set].loss);
        accuracy[set].push_back(run->final[set].accuracy);
      }
    }
    for (std::size_t set = 0; set < kAllSets.size(); ++set) {
      summary.loss[set] = mean_std(loss[set]);
      summary.accuracy[set] = mean_std(accuracy[set]);
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace gpu_sweep
