// Groups and what is trained in them, for tests of training.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "engine/data/dataset_layout.h"
#include "engine/lane/cpu_lane.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep::test {

/// All `runs`, which must share their shape, and idle replicas up to `replicas`.
inline GroupSpec group_of_runs(const Dataset& dataset, std::vector<RunSpec> runs, int replicas,
                               Precision precision = Precision::kFp32) {
  GroupSpec group;
  group.shape = mlp_spec(runs[0].model, dataset.features(), dataset.classes, precision);
  group.epochs = runs[0].model.epochs;
  group.shuffle = runs[0].model.shuffle;
  group.replicas = replicas;
  group.runs = std::move(runs);
  return group;
}

struct Trained {
  std::vector<RunRecord> records;
  std::vector<Weights> weights;
};

/// Trains a group from start to end on `lane`.
inline Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec) {
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer buffer = lane.allocate(layout.bytes);
  lane.upload(buffer, 0, pack(dataset, layout));
  ReplicaGroup group(lane, buffer, layout, spec);
  group.evaluate_untrained();
  for (int epoch = 0; epoch < spec.epochs; ++epoch) group.train_epoch();
  return {group.finish(), group.weights()};
}

/// The same on a CPU lane of its own.
inline Trained train_group(const Dataset& dataset, const GroupSpec& spec) {
  return train_group(*make_cpu_lane(), dataset, spec);
}

}  // namespace gpu_sweep::test
