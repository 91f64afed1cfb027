#include "engine/sweep/device_room.h"

#include <algorithm>
#include <memory>

#include "engine/program/group_layout.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

GroupSpec of_one(const GroupSpec& shape) {
  GroupSpec one = shape;
  one.replicas = 1;
  one.runs.resize(1);
  return one;
}

}  // namespace

DeviceRoom measure_room(const Backend& backend, int device, const std::vector<GroupSpec>& shapes,
                        const DatasetLayout& dataset) {
  const std::shared_ptr<Lane> lane = backend.make_lane(device, {});
  DeviceRoom room;
  {
    const Buffer images = lane->allocate(dataset.bytes);
    for (const GroupSpec& shape : shapes) ReplicaGroup(*lane, images, dataset, of_one(shape));
    room.free_bytes = lane->free_bytes();
  }
  room.group_bytes = [lane, shapes, dataset](int replicas) {
    std::uint64_t most = 0;
    for (const GroupSpec& shape : shapes) {
      const std::uint64_t scratch =
          shape.shuffle ? lane->shuffle_scratch_bytes(replicas, dataset[Set::kTrain].rows) : 0;
      most = std::max(most, group_layout(shape.shape, dataset, replicas, lane->traits().evaluation_batch,
                                         shape.shuffle, scratch)
                                .arena_bytes);
    }
    return most;
  };
  return room;
}

}  // namespace gpu_sweep
