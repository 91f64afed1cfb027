// The memory for the snapshots that a stop request takes is reserved before training, and a group without
// room for them is halved. Memory for copying runs into a smaller group is reserved only when others have
// stopped; without it, the group stays as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include "engine/lane/cpu/lane.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/scheduler.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitizer = true;
#else
constexpr bool kSanitizer = false;
#endif

/// Returns a group of runs whose memory consists mostly of parameters. A snapshot of each has 2 MB.
GroupSpec wide_group(const Dataset& dataset, int runs) {
  ModelSpec model;
  model.hidden = {4096};
  model.batch_size = 8;
  model.epochs = 2;
  std::vector<RunSpec> specs;
  for (int i = 0; i < runs; ++i) specs.push_back({model, static_cast<std::uint64_t>(i), std::to_string(i)});
  return group_of_runs(dataset, specs, runs);
}

/// Limits the address space of this process: `leave` leaves it `more` bytes beyond its current use. The
/// destructor restores the former limit.
class LittleMemory {
 public:
  LittleMemory() { ::getrlimit(RLIMIT_AS, &before_); }
  LittleMemory(const LittleMemory&) = delete;
  LittleMemory& operator=(const LittleMemory&) = delete;
  ~LittleMemory() { ::setrlimit(RLIMIT_AS, &before_); }

  void leave(rlim_t more) const {
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit limit{pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + more, before_.rlim_max};
    ::setrlimit(RLIMIT_AS, &limit);
  }

 private:
  rlimit before_{};
};

TEST(SnapshotRoom, IsTakenOnceAndFilledInPlace) {
  const Dataset dataset = synthetic_dataset(16, 8, 8);
  const auto lane = make_cpu_lane();
  const DatasetLayout layout = dataset_layout(dataset);
  const Buffer data = lane->allocate(layout.bytes);
  lane->upload(data, 0, pack(dataset, layout));
  ReplicaGroup group(*lane, data, layout, wide_group(dataset, 2));
  std::vector<Snapshot> room = group.room_for_snapshots();
  ASSERT_EQ(room.size(), 2U);
  const float* const weights = room[1].weights.data();
  const float* const moments = room[1].optimizer.back().data();
  group.evaluate_untrained();
  group.train_epoch();
  group.take_snapshots(room);
  const std::vector<Snapshot> fresh = group.snapshots();
  EXPECT_EQ(room[1].weights.data(), weights);
  EXPECT_EQ(room[1].optimizer.back().data(), moments);
  EXPECT_EQ(room[1].key, "1");
  EXPECT_EQ(room[1].epochs_done(), 1);
  EXPECT_EQ(room[1].weights, fresh[1].weights);
  EXPECT_EQ(room[1].optimizer, fresh[1].optimizer);
  EXPECT_EQ(room[1].step, fresh[1].step);
}

TEST(SnapshotRoom, WithoutAnyTheGroupIsHalved) {
  if (kSanitizer) GTEST_SKIP() << "NOT TESTED: a sanitizer's shadow needs more than any limit";
  const Dataset dataset = synthetic_dataset(16, 8, 8);
  const GroupSpec group = wide_group(dataset, 64);
  LittleMemory memory;
  Lie lie;  // the group fits, and the 32 MiB of kCompilerBytes, but 129 MB of snapshots do not
  lie.alter = [&, compiled = std::make_shared<int>(0)](Program&) {
    if (++*compiled == 12) memory.leave(rlim_t{48} << 20);
  };
  DeviceChoice devices = choose_devices("cpu");
  devices.backend.make_lane = [&](int, const LaneOptions&) {
    return std::make_unique<LyingLane>(make_cpu_lane(), lie);
  };
  std::vector<std::string> remarks;
  SweepEvents events;
  events.on_remark = [&](const std::string& line) { remarks.push_back(line); };
  events.snapshots.keep = [](const std::vector<Snapshot>&) {};
  EXPECT_EQ(run_groups({group}, dataset, devices, {.events = events}).runs_done, 64);
  EXPECT_THAT(remarks,
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("bytes asked for snapshots"),
                                                  testing::HasSubstr("groups of 32 instead of 64"))));
}

/// Twenty of 32 runs stop after epoch 2. Without memory for copies of the other twelve, these stay in the
/// group of 32.
TEST(SnapshotRoom, WithoutAnyAGroupIsTrainedToItsEndAsItIs) {
  if (kSanitizer) GTEST_SKIP() << "NOT TESTED: a sanitizer's shadow needs more than any limit";
  const Dataset dataset = synthetic_dataset(16, 8, 8);
  GroupSpec group = wide_group(dataset, 32);
  group.epochs = 3;
  for (std::size_t i = 0; i < group.runs.size(); ++i) {
    group.runs[i].model.epochs = 3;
    if (i < 20) group.runs[i].model.early_stopping = {Monitor::kValidationLoss, 1, 1e3, false};
  }
  for (const bool has_room : {false, true}) {
    LittleMemory memory;
    Lie lie;
    lie.afterwards = [&, begun = std::make_shared<bool>(false)](Lane&, const Program& program,
                                                                const Buffer&) {
      if (program.name != "train_step" || std::exchange(*begun, true) || has_room) return;
      memory.leave(rlim_t{48} << 20);
    };
    DeviceChoice devices = choose_devices("cpu");
    devices.backend.make_lane = [&](int, const LaneOptions&) {
      return std::make_unique<LyingLane>(make_cpu_lane(), lie);
    };
    std::vector<int> replicas;
    SweepEvents events;
    events.on_epoch = [&](const GroupSpec& trained, int) { replicas.push_back(trained.replicas); };
    EXPECT_EQ(run_groups({group}, dataset, devices, {.events = events}).runs_done, 32);
    EXPECT_THAT(replicas, testing::ElementsAre(32, 32, has_room ? 12 : 32));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
