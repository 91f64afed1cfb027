// Runs, and the groups of runs that are trained together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_sweep/dataset.h"
#include "gpu_sweep/mlp_spec.h"
#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// One network to train.
struct RunSpec {
  ModelSpec model;
  std::uint64_t seed = 0;
  std::string key;  ///< what run_key (gpu_sweep/run_key.h) returns for the run

  /// Return the key of the random generator (Philox) for each source of draws: the run's seed if the source
  /// varies between runs, otherwise kFixedSeed.
  std::uint64_t init_seed() const { return model.vary.init ? seed : kFixedSeed; }
  std::uint64_t order_seed() const { return model.vary.order ? seed : kFixedSeed; }
  std::uint64_t dropout_seed() const { return model.vary.dropout ? seed : kFixedSeed; }
};

/// Runs of one shape, trained in lock-step on one lane.
struct GroupSpec {
  MlpSpec shape;
  int epochs = 0;
  bool shuffle = true;
  int replicas = 1;  ///< R, at least runs.size(); replicas without a run are idle
  std::vector<RunSpec> runs;
  int epochs_done = 0;              ///< every run continues from a snapshot after this epoch; 0: from scratch
  bool keep_probabilities = false;  ///< of the test split, in RunRecord::test_probabilities
};

/// Returns a group without runs. Its shape is the one that `model` has on `dataset`.
GroupSpec empty_group(const ModelSpec& model, const Dataset& dataset, Precision precision);

/// Replaces the runs of a group by others of its shape, and sets StepExtras::penalized to whether one of the
/// new runs has an L2 penalty.
void set_runs(GroupSpec& group, std::vector<RunSpec> runs);

}  // namespace gpu_sweep
