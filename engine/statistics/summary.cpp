#include "gpu_sweep/summary.h"

#include <cmath>

#include "engine/statistics/methods/moments.h"
#include "engine/statistics/runs_of_models.h"

namespace gpu_sweep {

MeanStd mean_std(std::span<const double> values) {
  const Moments found = moments(values);
  return {found.mean, std::sqrt(found.squares / static_cast<double>(values.size()))};
}

std::vector<ModelSummary> summarise(const Experiment& experiment, std::span<const RunRecord> runs) {
  const auto all = runs_of_models(experiment, runs);
  std::vector<ModelSummary> summaries;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ModelSummary summary;
    summary.name = experiment.models[i].name;
    summary.hidden = experiment.models[i].hidden;
    const std::vector<const RunRecord*> finite = finite_runs(all[i]);
    summary.runs = static_cast<int>(finite.size());
    summary.diverged = static_cast<int>(all[i].size() - finite.size());
    std::array<std::vector<double>, 3> loss, accuracy;
    for (const RunRecord* run : finite) {
      for (std::size_t split = 0; split < kAllSplits.size(); ++split) {
        loss[split].push_back(run->final[split].loss);
        accuracy[split].push_back(run->final[split].accuracy);
      }
    }
    for (std::size_t split = 0; split < kAllSplits.size(); ++split) {
      summary.loss[split] = mean_std(loss[split]);
      summary.accuracy[split] = mean_std(accuracy[split]);
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace gpu_sweep
