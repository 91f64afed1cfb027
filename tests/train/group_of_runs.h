// Groups and what is trained in them, for tests of training.
#pragma once

#include <utility>
#include <vector>

#include "engine/lane/cpu_lane.h"
#include "engine/train/train_group.h"

namespace gpu_sweep::test {

/// All `runs`, which must share their shape, and idle replicas up to `replicas`.
inline GroupSpec group_of_runs(const Dataset& dataset, std::vector<RunSpec> runs, int replicas,
                               Precision precision = Precision::kFp32) {
  GroupSpec group = empty_group(runs[0].model, dataset, precision);
  group.replicas = replicas;
  group.runs = std::move(runs);
  return group;
}

using gpu_sweep::train_group;

/// Trains a group from start to end on a CPU lane of its own.
inline Trained train_group(const Dataset& dataset, const GroupSpec& spec) {
  return gpu_sweep::train_group(*make_cpu_lane(), dataset, spec);
}

}  // namespace gpu_sweep::test
