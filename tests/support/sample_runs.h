// A small experiment with invented runs, for tests that handle finished runs.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "gpu_sweep/run_store.h"
#include "tests/support/temporary_directory.h"

namespace gpu_sweep::test {

/// Returns an experiment with two models of three epochs. Each model has three runs, and the first seed is 0.
inline Experiment sample_experiment() {
  Experiment experiment;
  experiment.name = "sample";
  experiment.runs = 3;
  ModelSpec model;
  model.epochs = 3;
  model.name = "wide";
  model.hidden = {16};
  experiment.models.push_back(model);
  model.name = "deep";
  model.hidden = {16, 8};
  model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  experiment.models.push_back(model);
  return experiment;
}

/// Returns the provenance of a data set with three classes and images of 2 x 2.
inline Provenance sample_provenance() {
  Provenance provenance;
  provenance.program_version = "1.2.3";
  provenance.device_kind = "cpu";
  provenance.device_name = "a CPU";
  provenance.numerics = "library 1 AVX512";
  provenance.data_directory = "somewhere";
  provenance.data_sha256 = {"aa", "bb", "cc", "dd"};
  provenance.class_names = {"zero", "one", "two"};
  provenance.features = 4;
  provenance.height = 2;
  provenance.width = 2;
  return provenance;
}

/// Returns a run with random results. They depend on the run's seed and, by its length and first letter, on
/// the model's name. The metrics are not round numbers, so that a test notices a lost digit.
inline RunRecord sample_run(const ModelSpec& model, std::uint64_t seed, int test_rows = 50) {
  constexpr std::uint32_t kClasses = 3;
  std::seed_seq start{static_cast<std::uint32_t>(model.name.size()),
                      static_cast<std::uint32_t>(model.name[0]), static_cast<std::uint32_t>(seed)};
  std::mt19937_64 random(start);
  std::uniform_real_distribution<double> uniform;
  RunRecord run;
  run.model = model.name;
  run.seed = seed;
  run.key = "key-" + model.name + "-" + std::to_string(seed);
  for (const Split split : kBasicSplits) {
    run.final[index_of(split)] = {uniform(random), uniform(random)};
  }
  for (int i = 0; i <= model.epochs; ++i) {
    run.history.push_back({uniform(random), uniform(random), uniform(random), uniform(random)});
  }
  for (const Split split : kBasicSplits) {
    ConfusionMatrix& matrix = run.confusion[index_of(split)];
    matrix.classes = kClasses;
    for (std::uint32_t i = 0; i < kClasses * kClasses; ++i) {
      matrix.counts.push_back(static_cast<std::uint32_t>(random() % 1000));
    }
  }
  for (int i = 0; i < test_rows; ++i) {
    run.test_predictions.push_back(static_cast<std::uint8_t>(random() % kClasses));
  }
  run.train_seconds = uniform(random);
  return run;
}

/// Gives `run` an objective at each point, which differs from its losses.
inline void add_objective(RunRecord& run) {
  run.objective.clear();
  for (const EpochMetrics& point : run.history) run.objective.push_back(point.loss * 1.25 + 0.5);
}

/// Returns all runs of an experiment, in the store's order.
inline std::vector<RunRecord> sample_runs(const Experiment& experiment, int test_rows = 50) {
  std::vector<RunRecord> runs;
  for (const ModelSpec& model : experiment.models) {
    for (int i = 0; i < experiment.runs; ++i) {
      runs.push_back(sample_run(model, experiment.seed + static_cast<std::uint64_t>(i), test_rows));
    }
  }
  return runs;
}

}  // namespace gpu_sweep::test
