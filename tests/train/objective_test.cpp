// Losses stay the plain cross-entropy, whatever a run is trained for. The objective, which stands beside
// them, contains the class weights, the smoothed labels and the penalty.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct ObjectiveTest : LaneTest<const char*> {
  ObjectiveTest() : LaneTest(GetParam()) {}

  RunRecord train(const RunSpec& run) const {
    return train_group(*make_lane(), dataset_, group_of_runs(dataset_, {run}, 1)).records[0];
  }

  /// Returns a run whose learning rate is so small that training changes no loss.
  static RunSpec run_that_learns_nothing(double dropout) {
    RunSpec run;
    run.seed = 5;
    run.model.hidden = {7};
    run.model.dropout = dropout;
    run.model.batch_size = 16;
    run.model.epochs = 2;
    run.model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
    run.model.optimizer.learning_rate = 1e-30;
    return run;
  }

  const Dataset dataset_ = synthetic_dataset(30, 9, 8);
};

/// Both runs learn nothing, so they have the same losses, unless the objective takes the place of a loss.
TEST_P(ObjectiveTest, NoLossOfTheHistoryOrTheEndContainsIt) {
  const RunSpec plain = run_that_learns_nothing(0.25);
  RunSpec other = plain;
  other.model.label_smoothing = 0.5;
  other.model.class_weights.values = {3, 0, 0.25, 2};
  other.model.optimizer.l2 = 10;
  const RunRecord expected = train(plain), found = train(other);
  ASSERT_EQ(found.history.size(), 3u);
  for (std::size_t epoch = 0; epoch < found.history.size(); ++epoch) {
    EXPECT_NEAR(found.history[epoch].loss, expected.history[epoch].loss, 1e-6) << epoch;
    EXPECT_NEAR(found.history[epoch].val_loss, expected.history[epoch].val_loss, 1e-6) << epoch;
    EXPECT_EQ(found.history[epoch].accuracy, expected.history[epoch].accuracy) << epoch;
  }
  for (const Split split : kBasicSplits) EXPECT_NEAR(found[split].loss, expected[split].loss, 1e-6);
}

/// The runs learn nothing, so the penalty is the same at every point of the history. They have no dropout,
/// since the first point, that of the untrained network, is computed without it.
TEST_P(ObjectiveTest, IsTheWeightedSmoothedLossPlusThePenalty) {
  RunSpec run = run_that_learns_nothing(0);
  const RunRecord plain = train(run);
  EXPECT_TRUE(plain.objective.empty()) << "it equals the loss";

  run.model.optimizer.l2 = 0.5;
  const Trained penalized = train_group(*make_lane(), dataset_, group_of_runs(dataset_, {run}, 1));
  double squares = 0;
  for (const DenseWeights& layer : penalized.weights[0]) {
    for (const float w : layer.kernel) squares += static_cast<double>(w) * w;
    for (const float b : layer.bias) squares += static_cast<double>(b) * b;
  }
  const RunRecord& record = penalized.records[0];
  ASSERT_EQ(record.objective.size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_NEAR(record.objective[epoch], record.history[epoch].loss + 0.25 * squares, 1e-9) << epoch;
  }

  run.model.optimizer.l2 = 0;
  run.model.class_weights.values.assign(static_cast<std::size_t>(dataset_.classes), 2);
  const RunRecord doubled = train(run);
  ASSERT_EQ(doubled.objective.size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_EQ(doubled.objective[epoch], 2 * doubled.history[epoch].loss) << epoch;
  }

  run.model.class_weights = {};
  run.model.label_smoothing = 0.25;
  const RunRecord smoothed = train(run);
  ASSERT_EQ(smoothed.objective.size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_NEAR(smoothed.objective[epoch], smoothed.objective[0], 1e-6) << epoch;
    EXPECT_GT(std::fabs(smoothed.objective[epoch] - smoothed.history[epoch].loss), 1e-4) << epoch;
  }
}

/// The penalty falls while the weights shrink, and the objective falls with it.
TEST_P(ObjectiveTest, CanBeMonitored) {
  RunSpec run;
  run.seed = 5;
  run.model.hidden = {7};
  run.model.batch_size = 16;
  run.model.epochs = 4;
  run.model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  run.model.optimizer.l2 = 0.5;
  run.model.early_stopping = {Monitor::kObjective, 1, 0, false};
  const RunRecord falling = train(run);
  ASSERT_EQ(falling.history.size(), 5u) << "every epoch was better";
  EXPECT_LT(falling.objective[4], falling.objective[1]);
  run.model.early_stopping.min_delta = 1000;
  const RunRecord stopped = train(run);
  ASSERT_EQ(stopped.history.size(), 3u) << "the second epoch was not better by so much";
  EXPECT_EQ(stopped.objective.size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Lanes, ObjectiveTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
