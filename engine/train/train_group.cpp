#include "engine/train/train_group.h"

#include "engine/data/dataset_layout.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {

Trained train_group(Lane& lane, const Dataset& dataset, const GroupSpec& spec) {
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer buffer = lane.allocate(layout.bytes);
  lane.upload(buffer, 0, pack(dataset, layout));
  ReplicaGroup group(lane, buffer, layout, spec);
  group.evaluate_untrained();
  while (group.epochs_done() < spec.epochs) group.train_epoch();
  return {group.finish(), group.weights()};
}

}  // namespace gpu_sweep
