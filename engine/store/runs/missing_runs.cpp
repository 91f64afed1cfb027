#include "engine/store/runs/missing_runs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/experiment/hyper_parameters.h"

namespace gpu_sweep {

namespace {

/// Returns the number of seeds up to the last one with which the model has a run.
int seeds_up_to_last(const ModelSpec& model, const Experiment& experiment,
                     const std::vector<RunRecord>& runs) {
  int seeds = 0;
  for (const RunRecord& run : runs) {
    if (run.model != model.name || run.seed < experiment.seed) continue;
    if (run.seed - experiment.seed >= static_cast<std::uint64_t>(experiment.runs)) continue;
    seeds = std::max(seeds, static_cast<int>(run.seed - experiment.seed) + 1);
  }
  return seeds;
}

}  // namespace

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  std::string text;
  for (std::size_t first = 0; first < seeds.size();) {
    std::size_t last = first;
    while (last + 1 < seeds.size() && seeds[last + 1] == seeds[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(seeds[first]);
    if (last > first) text += (last == first + 1 ? ", " : " to ") + std::to_string(seeds[last]);
    first = last + 1;
  }
  return (seeds.size() == 1 ? "seed " : "seeds ") + text;
}

MissingRuns missing_runs(const Experiment& experiment, const std::vector<RunRecord>& runs) {
  std::set<std::pair<std::string, std::uint64_t>> there;
  for (const RunRecord& run : runs) there.emplace(run.model, run.seed);
  MissingRuns missing;
  for (const ModelSpec& model : experiment.models) {
    std::vector<std::uint64_t> seeds;
    const int asked =
        experiment.analysis.until_decided ? seeds_up_to_last(model, experiment, runs) : experiment.runs;
    for (int i = 0; i < asked; ++i) {
      const std::uint64_t seed = experiment.seed + static_cast<std::uint64_t>(i);
      if (!there.contains({model.name, seed})) seeds.push_back(seed);
    }
    if (seeds.empty()) continue;
    missing.count += static_cast<int>(seeds.size());
    missing.names.push_back(shown_text(model.name) + ": " + seeds_text(seeds));
  }
  return missing;
}

}  // namespace gpu_sweep
