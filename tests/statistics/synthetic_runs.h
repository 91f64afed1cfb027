// Records of runs that were never trained, for tests of the statistics and the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Returns a run whose accuracies are all `accuracy` and whose losses are all 1 - `accuracy`. It has no
/// judging rows, no history, no predictions and no confusion matrices.
inline RunRecord synthetic_run(const std::string& model, std::uint64_t seed, double accuracy) {
  RunRecord run;
  run.model = model;
  run.seed = seed;
  for (const Split split : kBasicSplits) run.final[index_of(split)] = {1 - accuracy, accuracy};
  return run;
}

inline Experiment synthetic_experiment(const std::vector<std::string>& models, int runs) {
  Experiment experiment;
  experiment.name = "synthetic";
  experiment.runs = runs;
  for (const std::string& name : models) {
    ModelSpec& model = experiment.models.emplace_back();
    model.name = name;
    model.hidden = {8};
  }
  return experiment;
}

/// Appends a run of one model for each of `accuracies` (synthetic_run), with the seeds 0, 1, ...
inline void add_runs(std::vector<RunRecord>& runs, const std::string& model,
                     const std::vector<double>& accuracies) {
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    runs.push_back(synthetic_run(model, i, accuracies[i]));
  }
}

}  // namespace gpu_sweep
