// Records of runs that were never trained: for tests of the statistics and of the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/sweep/experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// A run whose figures are all `accuracy` and 1 - `accuracy`, with nothing else kept.
inline RunRecord synthetic_run(const std::string& model, std::uint64_t seed, double accuracy) {
  RunRecord run;
  run.model = model;
  run.seed = seed;
  run.final.fill({1 - accuracy, accuracy});
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

/// One model's runs with these validation accuracies, seeds 0, 1, ...
inline void add_runs(std::vector<RunRecord>& runs, const std::string& model,
                     const std::vector<double>& accuracies) {
  for (std::size_t i = 0; i < accuracies.size(); ++i) {
    runs.push_back(synthetic_run(model, i, accuracies[i]));
  }
}

}  // namespace gpu_sweep
