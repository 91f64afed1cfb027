#include "gpu_sweep/summary.h"

#include <algorithm>
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
    summary.has_judging_rows =
        std::ranges::any_of(all[i], [](const RunRecord* run) { return run->has_rows(Split::kJudging); });
    for (const Split split : kAllSplits) {
      std::vector<double> loss, accuracy;
      for (const RunRecord* run : finite) {
        loss.push_back((*run)[split].loss);
        accuracy.push_back((*run)[split].accuracy);
      }
      summary.loss[index_of(split)] = mean_std(loss);
      summary.accuracy[index_of(split)] = mean_std(accuracy);
    }
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace gpu_sweep
