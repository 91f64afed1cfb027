// A sweep on devices that run out of memory or are lost, and on several devices. The stand-in for a GPU
// (tests/simt/README.md) simulates them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "engine/lane/out_of_memory.h"
#include "engine/train/replica_group.h"
#include "gpu_sweep/scheduler.h"
#include "tests/simt/simt.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr std::size_t kUsualMemory = std::size_t{4} << 30;
constexpr std::size_t kAReplica = std::size_t{140} << 10;  // about the memory of a replica of `group`

using Results = std::map<std::uint64_t, std::pair<RunRecord, Weights>>;  // by seed

class SimtScheduler : public testing::Test {
 protected:
  void SetUp() override { simt::set_seed(11); }
  void TearDown() override {
    EXPECT_THAT(simt::take_violations(), testing::IsEmpty());
    simt::set_memory_bytes(kUsualMemory);
    simt::set_device_count(1);
  }

  /// Returns a group of runs with the seeds `first`, `first` + 1, ...
  GroupSpec group(std::uint64_t first, int runs, int replicas) const {
    ModelSpec model;
    model.name = "small";
    model.hidden = {5};
    model.batch_size = 16;
    model.epochs = 1;
    std::vector<RunSpec> specs;
    for (int i = 0; i < runs; ++i) specs.push_back({model, first + static_cast<std::uint64_t>(i), {}});
    return group_of_runs(dataset_, specs, replicas);
  }

  Results train(const std::vector<GroupSpec>& groups, int lanes) {
    Results results;
    SweepEvents events;
    events.wants_weights = true;
    events.on_run = [&](const RunRecord& run, const Weights& weights) {
      results[run.seed] = {run, weights};
      kept_.push_back(run.seed);
    };
    events.on_remark = [&](const std::string& line) { remarks_.push_back(line); };
    run_groups(groups, dataset_, choose_devices("simt"), {.lanes = lanes, .events = events});
    return results;
  }

  /// Limits the memory to what these need: the data set, `lanes` lanes, and a group of `replicas` replicas on
  /// the first lane. Half a replica is added, because the stand-in's cuBLAS adds nodes to graphs at random.
  void make_room_for(int lanes, int replicas) {
    simt::set_memory_bytes(kUsualMemory);
    const Backend backend = load_backend("simt");
    std::vector<std::unique_ptr<Lane>> all;
    for (int i = 0; i < lanes; ++i) all.push_back(backend.make_lane(0, {}));
    const DatasetLayout sizes = dataset_layout(dataset_);
    const Buffer data = all[0]->allocate(sizes.bytes);
    const ReplicaGroup compiled(*all[0], data, sizes, group(0, replicas, replicas));
    simt::set_memory_bytes(kUsualMemory - all[0]->free_bytes() + kAReplica / 2);
  }

  const Dataset dataset_ = synthetic_dataset(40, 8, 8);
  std::vector<std::string> remarks_;
  std::vector<std::uint64_t> kept_;
};

void expect_same(const Results& found, const Results& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [seed, result] : expected) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    EXPECT_EQ(found.at(seed).first.history, result.first.history);
    EXPECT_EQ(found.at(seed).first.final, result.first.final);
    EXPECT_EQ(found.at(seed).second, result.second);
  }
}

TEST_F(SimtScheduler, AGroupThatDoesNotFitIsHalvedAndGivesTheSameResults) {
  const std::vector<GroupSpec> groups = {group(1, 5, 5)};
  const Results expected = train(groups, 1);
  EXPECT_THAT(remarks_, testing::IsEmpty());
  make_room_for(1, 3);
  expect_same(train(groups, 1), expected);
  EXPECT_THAT(remarks_, testing::ElementsAre(
                            testing::AllOf(testing::HasSubstr("out of memory on simt:0: "),
                                           testing::HasSubstr("continuing with groups of 3 instead of 5"))));
}

TEST_F(SimtScheduler, WithoutRoomForOneReplicaTheErrorNamesTheBytesNeededAndFree) {
  make_room_for(1, 1);
  const std::uint64_t room = choose_devices("simt").backend.devices[0].memory_bytes;
  simt::set_memory_bytes(room - kAReplica * 3 / 2);
  EXPECT_THAT(
      [&] { train({group(1, 4, 4)}, 1); },
      testing::ThrowsMessage<OutOfMemory>(testing::ContainsRegex("[0-9]+ bytes asked for, [0-9]+ free")));
  EXPECT_EQ(remarks_.size(), 2U);  // one for halving 4 to 2, one for halving 2 to 1
}

TEST_F(SimtScheduler, ALaneWithoutRoomBesideAnotherLeavesItsGroupToTheOther) {
  const std::vector<GroupSpec> groups = {group(1, 1, 1), group(2, 1, 1), group(3, 1, 1)};
  const Results expected = train(groups, 1);
  make_room_for(2, 1);
  expect_same(train(groups, 2), expected);
  EXPECT_THAT(remarks_, testing::Each(testing::HasSubstr("continuing with one lane fewer")));
}

TEST_F(SimtScheduler, ALostDeviceEndsTheSweepAndFinishedRunsStay) {
  const std::uint64_t before = simt::work_done(0);
  train({group(1, 2, 2)}, 1);
  const std::uint64_t one_group = simt::work_done(0) - before;
  kept_.clear();
  simt::lose_device_after(one_group + one_group / 2);
  EXPECT_THAT(
      [&] {
        train({group(1, 2, 2), group(3, 2, 2), group(5, 2, 2)}, 1);
      },
      testing::ThrowsMessage<Error>(testing::HasSubstr("simt:0 (SIMT stand-in) is lost")));
  EXPECT_THAT(kept_, testing::ElementsAre(1, 2));
  EXPECT_THAT(simt::take_violations(), testing::ElementsAre(testing::HasSubstr("the device is lost")));
}

TEST_F(SimtScheduler, LanesSpreadOverAllDevicesAndNoResultDependsOnThem) {
  const std::vector<GroupSpec> groups = {group(1, 2, 2), group(3, 2, 2), group(5, 2, 2), group(7, 2, 2)};
  const Results expected = train(groups, 1);
  simt::set_device_count(2);
  const std::uint64_t first = simt::work_done(0);
  const std::uint64_t second = simt::work_done(1);
  expect_same(train(groups, 1), expected);
  EXPECT_GT(simt::work_done(0), first + 100);
  EXPECT_GT(simt::work_done(1), second + 100);
}

}  // namespace
}  // namespace gpu_sweep::test
