// An experiment cut into work: runs, and the groups that are trained in one go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/mlp_spec.h"
#include "engine/sweep/experiment.h"

namespace gpu_sweep {

/// One network to train.
struct RunSpec {
  ModelSpec model;
  std::uint64_t seed = 0;
  std::string key;  ///< run_key of it
};

/// Runs of one shape, trained in lock-step on one lane.
struct GroupSpec {
  MlpSpec shape;
  int epochs = 0;
  bool shuffle = true;
  int replicas = 1;  ///< nominal R >= runs.size(): the rest are idle replicas
  std::vector<RunSpec> runs;
};

}  // namespace gpu_sweep
