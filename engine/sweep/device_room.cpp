#include "engine/sweep/device_room.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "engine/lane/resident_data.h"
#include "engine/train/replica_group.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kMostLoaded = 16;

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
  std::vector<GroupSpec> ones;
  std::ranges::transform(shapes, std::back_inserter(ones), of_one);
  DeviceRoom room;
  {
    const Buffer images = allocate_dataset(*lane, dataset);
    const std::size_t apart = (ones.size() + kMostLoaded - 1) / kMostLoaded;
    for (std::size_t i = 0; i < ones.size(); i += apart) ReplicaGroup(*lane, images, dataset, ones[i]);
    room.free_bytes = lane->free_bytes();
  }
  room.group_bytes = [lane, ones, dataset](int replicas) {
    std::uint64_t most = 0;
    for (GroupSpec group : ones) {
      group.replicas = replicas;
      most = std::max(most, layout_on_lane(*lane, dataset, group).arena_bytes);
    }
    return most;
  };
  return room;
}

}  // namespace gpu_sweep
