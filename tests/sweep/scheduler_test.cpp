// What the scheduler hands out of finished runs, and what it does where there is no memory.
#include "engine/sweep/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/lane/out_of_memory.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

/// A CPU whose lanes tell this lie.
DeviceChoice lying_cpu(const Lie& lie) {
  DeviceChoice choice = choose_devices("cpu");
  choice.backend.make_lane = [honest = choice.backend.make_lane, lie](int device,
                                                                      const LaneOptions& options) {
    return std::make_unique<LyingLane>(honest(device, options), lie);
  };
  return choice;
}

/// Two runs of two epochs, trained on one lane.
class WithoutMemory : public testing::Test {
 protected:
  int train(const Lie& lie) {
    ModelSpec model;
    model.hidden = {5};
    model.batch_size = 16;
    model.epochs = 2;
    const GroupSpec group = group_of_runs(dataset_, {{model, 1, {}}, {model, 2, {}}}, 2);
    SweepEvents events;
    events.on_epoch = [&](const GroupSpec&, int) { ++epochs_; };
    events.on_remark = [&](const std::string& line) { remarks_.push_back(line); };
    return run_groups({group}, dataset_, lying_cpu(lie), 1, {}, events, {}).runs_done;
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
  EXPECT_THAT(remarks_, testing::ElementsAre(testing::HasSubstr("going on with groups of 1 in place of 2")));
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

TEST(RunGroups, WeightsLeaveTheDeviceOnlyWhereSomebodyWantsThem) {
  const Dataset dataset = synthetic_dataset(32, 8, 8);
  ModelSpec model;
  model.hidden = {5};
  model.batch_size = 16;
  model.epochs = 1;
  const GroupSpec group = group_of_runs(dataset, {{model, 1, {}}, {model, 2, {}}}, 2);
  const Trained alone = train_group(dataset, group);

  for (const bool wanted : {false, true}) {
    std::vector<Weights> found;
    SweepEvents events;
    events.on_run = [&](const RunRecord&, const Weights& weights) { found.push_back(weights); };
    events.wants_weights = wanted;
    EXPECT_EQ(run_groups({group}, dataset, choose_devices("cpu"), 1, {}, events, {}).runs_done, 2);
    EXPECT_EQ(found, wanted ? alone.weights : std::vector<Weights>(2));
  }
}

}  // namespace
}  // namespace gpu_sweep::test
