// What is trained for is not what is shown: losses stay the plain cross-entropy.
#include <gtest/gtest.h>

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

  const Dataset dataset_ = synthetic_dataset(30, 9, 8);
};

/// The learning rate is too small to change a weight, so both runs have the same losses unless some loss is
/// that of the objective.
TEST_P(ObjectiveTest, NoLossOfTheHistoryOrTheEndContainsIt) {
  RunSpec plain;
  plain.seed = 5;
  plain.model.hidden = {7};
  plain.model.dropout = 0.25;
  plain.model.batch_size = 16;
  plain.model.epochs = 2;
  plain.model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
  plain.model.optimizer.learning_rate = 1e-30;
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
  for (const Split split : kAllSplits) EXPECT_NEAR(found[split].loss, expected[split].loss, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Lanes, ObjectiveTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
