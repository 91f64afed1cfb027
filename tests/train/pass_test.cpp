// The number of launches of a pass over a split, and that launching several steps at once changes no result.
#include "engine/train/pass.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/train/replica_group.h"
#include "tests/selftest/lying_lane.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

constexpr int kSteps = 16;  // per launch

/// A CPU lane that launches several steps at once, as a card does, and counts launches.
class CountingLane : public LyingLane {
 public:
  explicit CountingLane(int evaluation_batch = kCudaEvaluationBatch)
      : LyingLane(make_cpu_lane(), {}), evaluation_batch_(evaluation_batch) {}

  LaneTraits traits() const override { return {evaluation_batch_, kSteps}; }

  CompiledProgram compile(const Program& program, const Buffer& dataset, const Buffer& arena,
                          int repeats) override {
    most_steps = std::max(most_steps, repeats);
    return LyingLane::compile(program, dataset, arena, repeats);
  }

  void run(const CompiledProgram& program, int times) override {
    launches += times;
    LyingLane::run(program, times);
  }

  int launches = 0;
  int most_steps = 0;

 private:
  int evaluation_batch_;
};

int launches_of(int rows, int batch) {
  const int steps = (rows + batch - 1) / batch;
  return (steps + kSteps - 1) / kSteps + 1;  // plus the launch that begins the pass
}

RunSpec small_run(int batch) {
  RunSpec run;
  run.model.hidden = {2};
  run.model.batch_size = batch;
  run.model.epochs = 1;
  return run;
}

/// The data set has as many training and validation images as that of the study, but tiny ones. Tests passes
/// with and without a token that could stop the group.
TEST(Pass, TakesAsFewLaunchesAsItsStepsAllow) {
  constexpr int kTrain = 50'000, kValidation = 10'000;
  const Dataset dataset = synthetic_dataset(kTrain, kValidation, 100, /*side=*/2, /*classes=*/2);
  const DatasetLayout layout = dataset_layout(dataset);
  for (const bool stoppable : {false, true}) {
    for (const int batch : {32, 64, 128, 250, 256}) {
      SCOPED_TRACE("batch " + std::to_string(batch));
      CountingLane lane;
      const Buffer data = lane.allocate(layout.bytes);
      lane.upload(data, 0, pack(dataset, layout));
      const std::stop_source stop;
      ReplicaGroup group(lane, data, layout, group_of_runs(dataset, {small_run(batch)}, 1), {},
                         stoppable ? stop.get_token() : std::stop_token{});
      EXPECT_EQ(lane.most_steps, kSteps);
      lane.launches = 0;
      group.train_epoch();
      EXPECT_EQ(lane.launches, launches_of(kTrain, batch) + launches_of(kValidation, kCudaEvaluationBatch));
      lane.launches = 0;
      group.evaluate(Split::kTrain);
      EXPECT_EQ(lane.launches, launches_of(kTrain, kCudaEvaluationBatch));
    }
  }
}

/// Tests 1 to 40 steps per epoch. Some numbers need only full launches, some only a partial one, and some
/// both.
TEST(Pass, ChangesNoBitByLaunchingSeveralSteps) {
  for (const int steps : {1, 2, 15, 16, 17, 24, 32, 37, 40}) {
    SCOPED_TRACE(std::to_string(steps) + " steps");
    const Dataset dataset = synthetic_dataset(4 * steps - 1, 12, 9);
    GroupSpec group = group_of_runs(dataset, {small_run(4)}, 1);
    group.epochs = 2;
    const Trained expected = train_group(dataset, group);
    CountingLane lane(make_cpu_lane()->traits().evaluation_batch);  // this batch size determines the order in
                                                                    // which losses are summed
    const Trained found = train_group(lane, dataset, group);
    EXPECT_EQ(found.weights, expected.weights);
    EXPECT_EQ(found.records[0].history, expected.records[0].history);
    EXPECT_EQ(found.records[0].final, expected.records[0].final);
  }
}

}  // namespace
}  // namespace gpu_sweep::test
