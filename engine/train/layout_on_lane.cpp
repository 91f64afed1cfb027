#include "engine/train/layout_on_lane.h"

namespace gpu_sweep {

GroupLayout layout_on_lane(const Lane& lane, const DatasetLayout& dataset, const GroupSpec& group) {
  const std::uint64_t scratch =
      group.shuffle ? lane.shuffle_scratch_bytes(group.replicas, dataset[Split::kTrain].rows) : 0;
  return group_layout(group.shape, dataset, group.replicas, lane.traits().evaluation_batch, group.shuffle,
                      scratch, group.keep_probabilities);
}

}  // namespace gpu_sweep
