// Makes groups for tests, and trains them.
#pragma once

#include <utility>
#include <vector>

#include "engine/lane/cpu/lane.h"
#include "engine/train/group_trainer.h"

namespace gpu_sweep::test {

/// Returns a group of all `runs`, which must share their shape, with idle replicas up to `replicas`.
inline GroupSpec group_of_runs(const Dataset& dataset, std::vector<RunSpec> runs, int replicas,
                               Precision precision = Precision::kFp32) {
  GroupSpec group = empty_group(runs[0].model, dataset, precision);
  group.replicas = replicas;
  set_runs(group, std::move(runs));
  return group;
}

using gpu_sweep::train_group;

/// Trains one run with seed 4 and a hidden layer of 7 for two epochs, in batches of 16.
inline Trained train_small_run(Lane& lane, const Dataset& dataset) {
  RunSpec run;
  run.seed = 4;
  run.model.hidden = {7};
  run.model.batch_size = 16;
  run.model.epochs = 2;
  return gpu_sweep::train_group(lane, dataset, group_of_runs(dataset, {run}, 1));
}

/// Trains a group from start to end on a new CPU lane.
inline Trained train_group(const Dataset& dataset, const GroupSpec& spec) {
  return gpu_sweep::train_group(*make_cpu_lane(), dataset, spec);
}

}  // namespace gpu_sweep::test
