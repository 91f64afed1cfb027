// The scheduler: its reports of finished runs, and its behavior when memory runs short and when a stop is
// requested.
#include "gpu_sweep/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "engine/lane/out_of_memory.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

/// Returns a CPU whose lanes have the faults of `lie` (tests/selftest/lying_lane.h).
DeviceChoice lying_cpu(const Lie& lie) {
  DeviceChoice choice = choose_devices("cpu");
  choice.backend.make_lane = [honest = choice.backend.make_lane, lie](int device,
                                                                      const LaneOptions& options) {
    return std::make_unique<LyingLane>(honest(device, options), lie);
  };
  return choice;
}

/// Returns one group with `runs` runs, which have the seeds 1 to `runs`.
GroupSpec small_group(const Dataset& dataset, int runs, int epochs, int batch_size = 16) {
  ModelSpec model;
  model.hidden = {5};
  model.batch_size = batch_size;
  model.epochs = epochs;
  std::vector<RunSpec> specs;
  for (int seed = 1; seed <= runs; ++seed) {
    specs.push_back({model, static_cast<std::uint64_t>(seed), "key " + std::to_string(seed)});
  }
  return group_of_runs(dataset, specs, runs);
}

/// Two runs of two epochs, which are trained on one lane.
class WithoutMemory : public testing::Test {
 protected:
  int train(const Lie& lie) {
    const GroupSpec group = small_group(dataset_, 2, /*epochs=*/2);
    SweepEvents events;
    events.on_epoch = [&](const GroupSpec&, int) { ++epochs_; };
    events.on_remark = [&](const std::string& line) { remarks_.push_back(line); };
    return run_groups({group}, dataset_, lying_cpu(lie), {.events = events}).runs_done;
  }

  const Dataset dataset_ = synthetic_dataset(32, 8, 8);
  const OutOfMemory error_{"cpu", 2, 1};
  int epochs_ = 0;
  std::vector<std::string> remarks_;
};

TEST_F(WithoutMemory, ToCompileTheGroupIsHalved) {
  Lie lie;
  lie.alter = [&, compiled = std::make_shared<int>(0)](Program&) {
    if (++*compiled == 5) throw error_;
  };
  EXPECT_EQ(train(lie), 2);
  EXPECT_THAT(remarks_, testing::ElementsAre(testing::HasSubstr("continuing with groups of 1 instead of 2")));
  EXPECT_EQ(epochs_, 4);
}

TEST_F(WithoutMemory, OnceTrainingHasBegunNothingIsLeftToCompile) {
  const auto begun = std::make_shared<bool>(false);
  Lie lie;
  lie.alter = [&, begun](Program&) {
    if (*begun) throw error_;
  };
  lie.afterwards = [begun](Lane&, const Program&, const Buffer&) { *begun = true; };
  EXPECT_EQ(train(lie), 2);
  EXPECT_THAT(remarks_, testing::IsEmpty());
  EXPECT_EQ(epochs_, 2);
}

TEST_F(WithoutMemory, ToRunNothingIsTriedAgain) {
  Lie lie;
  lie.afterwards = [&](Lane&, const Program&, const Buffer&) { throw error_; };
  EXPECT_THROW(train(lie), OutOfMemory);
  EXPECT_THAT(remarks_, testing::IsEmpty());
}

/// Every launch on a lane takes long. The ten training steps of an epoch alone take more than a second.
TEST(RunGroups, AStopInALongEpochLosesOnlyThatEpoch) {
  constexpr auto kLaunch = std::chrono::milliseconds(120);
  const Dataset dataset = synthetic_dataset(40, 8, 8);
  GroupSpec group = small_group(dataset, 1, /*epochs=*/3, /*batch_size=*/4);
  const Trained whole = train_group(dataset, group);

  std::stop_source stop;
  int epochs = 0, steps_after_stop = 0;
  Lie slow;
  slow.afterwards = [&](Lane&, const Program& program, const Buffer&) {
    std::this_thread::sleep_for(kLaunch);
    if (program.name != "train_step") return;
    if (stop.stop_requested()) ++steps_after_stop;
    if (epochs == 2) stop.request_stop();
  };
  std::vector<Snapshot> kept;
  SweepEvents events;
  events.on_epoch = [&](const GroupSpec&, int) { ++epochs; };
  events.snapshots.interval = {0, 1000};
  events.snapshots.standby_seconds = 1e-9;
  events.snapshots.keep = [&](const std::vector<Snapshot>& snapshots) { kept = snapshots; };
  EXPECT_EQ(
      run_groups({group}, dataset, lying_cpu(slow), {.events = events, .stop = stop.get_token()}).runs_done,
      0);
  EXPECT_EQ(steps_after_stop, 0);
  EXPECT_EQ(epochs, 2);
  ASSERT_EQ(kept.size(), 1U);
  ASSERT_EQ(kept[0].epochs_done(), 2);

  group.epochs_done = 2;
  std::vector<RunRecord> records;
  SweepEvents resumed;
  resumed.snapshots.load = [&](const RunSpec&) { return kept[0]; };
  resumed.on_run = [&](const RunRecord& run, const Weights& weights) {
    records.push_back(run);
    EXPECT_EQ(weights, whole.weights[0]);
  };
  resumed.wants_weights = true;
  run_groups({group}, dataset, choose_devices("cpu"), {.events = resumed});
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].history, whole.records[0].history);
  EXPECT_EQ(records[0].final, whole.records[0].final);
}

/// A group that is expected to take less time than `standby_seconds` keeps no copy of its state. A longer
/// group keeps one.
TEST(RunGroups, AStopDiscardsTheWorkOfAShortGroup) {
  const Dataset dataset = synthetic_dataset(40, 8, 8);
  std::stop_source stop;
  int epochs = 0, kept = 0;
  Lie slow;
  slow.afterwards = [&](Lane&, const Program& program, const Buffer&) {
    if (program.name != "train_step") return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (epochs == 1) stop.request_stop();
  };
  SweepEvents events;
  events.on_epoch = [&](const GroupSpec&, int) { ++epochs; };
  events.snapshots.interval = {0, 1000};
  events.snapshots.standby_seconds = 60;
  events.snapshots.keep = [&](const std::vector<Snapshot>&) { ++kept; };
  const GroupSpec group = small_group(dataset, 1, /*epochs=*/9, /*batch_size=*/4);
  EXPECT_EQ(
      run_groups({group}, dataset, lying_cpu(slow), {.events = events, .stop = stop.get_token()}).runs_done,
      0);
  EXPECT_EQ(epochs, 1);
  EXPECT_EQ(kept, 0);

  // Nine epochs of one second each are expected to take longer than four seconds.
  stop = {};
  epochs = 0;
  events.snapshots.standby_seconds = 4;
  EXPECT_EQ(
      run_groups({group}, dataset, lying_cpu(slow), {.events = events, .stop = stop.get_token()}).runs_done,
      0);
  EXPECT_EQ(epochs, 1);
  EXPECT_EQ(kept, 1);
}

TEST(RunGroups, ARunsTimeExcludesKeepingTheOthers) {
  const Dataset dataset = synthetic_dataset(32, 8, 8);
  std::vector<double> seconds;
  SweepEvents events;
  events.on_run = [&](const RunRecord& run, const Weights&) {
    seconds.push_back(run.train_seconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  run_groups({small_group(dataset, 2, /*epochs=*/1)}, dataset, choose_devices("cpu"), {.events = events});
  ASSERT_EQ(seconds.size(), 2U);
  EXPECT_EQ(seconds[0], seconds[1]);
}

TEST(RunGroups, WeightsLeaveTheDeviceOnlyIfRequested) {
  const Dataset dataset = synthetic_dataset(32, 8, 8);
  const GroupSpec group = small_group(dataset, 2, /*epochs=*/1);
  const Trained alone = train_group(dataset, group);

  for (const bool wanted : {false, true}) {
    std::vector<Weights> found;
    SweepEvents events;
    events.on_run = [&](const RunRecord&, const Weights& weights) { found.push_back(weights); };
    events.wants_weights = wanted;
    EXPECT_EQ(run_groups({group}, dataset, choose_devices("cpu"), {.events = events}).runs_done, 2);
    EXPECT_EQ(found, wanted ? alone.weights : std::vector<Weights>(2));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
