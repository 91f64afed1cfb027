#include "engine/sweep/device_room.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/lane/cpu/lane.h"
#include "engine/train/replica_group.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

/// Returns `count` groups of one run each. Group number i (from 1) has one hidden layer of i units.
std::vector<GroupSpec> shapes_of(int count, const Dataset& dataset) {
  std::vector<GroupSpec> shapes;
  for (int width = 1; width <= count; ++width) {
    ModelSpec model;
    model.hidden = {width};
    model.batch_size = 8;
    model.epochs = 1;
    shapes.push_back(empty_group(model, dataset, Precision::kFp32));
    shapes.back().runs = {{model, 0, ""}};
  }
  return shapes;
}

/// Returns which layouts measure_room compiles programs for. A layout is identified by the size of its arena
/// in bytes. Sets `*bytes_of_two` to DeviceRoom::group_bytes(2).
std::set<std::uint64_t> compiled_for(const std::vector<GroupSpec>& shapes, const Dataset& dataset,
                                     std::uint64_t* bytes_of_two) {
  std::set<std::uint64_t> arenas;
  test::Lie watch;
  watch.alter = [&](Program& program) { arenas.insert(program.arena_bytes); };
  Backend backend;
  backend.make_lane = [&](int, const LaneOptions&) {
    return std::make_unique<test::LyingLane>(make_cpu_lane(), watch);
  };
  *bytes_of_two = measure_room(backend, 0, shapes, dataset_layout(dataset)).group_bytes(2);
  return arenas;
}

TEST(DeviceRoom, LoadsSomeOfManyShapesAndCountsTheLargest) {
  const Dataset dataset = test::synthetic_dataset(20, 8, 6);
  std::uint64_t bytes = 0;
  EXPECT_EQ(compiled_for(shapes_of(3 * 64, dataset), dataset, &bytes).size(), 16U);
  GroupSpec largest = shapes_of(3 * 64, dataset).back();
  largest.replicas = 2;
  EXPECT_EQ(bytes, layout_on_lane(*make_cpu_lane(), dataset_layout(dataset), largest).arena_bytes);
  EXPECT_EQ(compiled_for(shapes_of(2, dataset), dataset, &bytes).size(), 1U) << "of equal padded widths";
}

}  // namespace
}  // namespace gpu_sweep
