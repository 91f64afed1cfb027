// What a run gives does not depend on the company it is trained in: on the CPU to the last bit.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct GroupingCase {
  Activation activation;
  OptimiserKind optimiser;
};

class GroupingTest : public testing::TestWithParam<GroupingCase> {
 protected:
  /// Runs of one shape that differ in everything else: seed, learning rate, dropout, optimiser's scalars.
  std::vector<RunSpec> runs() const {
    std::vector<RunSpec> runs(3);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const double unit = static_cast<double>(i);
      ModelSpec& model = runs[i].model;
      runs[i].seed = 40 + i;
      model.name = "model " + std::to_string(i);
      model.hidden = {13, 8};
      model.activation = GetParam().activation;
      model.dropout = 0.2 * unit;
      model.batch_size = 32;
      model.epochs = 2;
      model.optimiser = OptimiserSpec::with_defaults(GetParam().optimiser);
      model.optimiser.learning_rate *= 1 + unit;
      model.optimiser.beta1 -= 0.1 * unit;
      model.optimiser.momentum = 0.3 * unit;
      model.optimiser.rho -= 0.1 * unit;
    }
    return runs;
  }

  const Dataset dataset_ = synthetic_dataset(90, 33, 31);  // 2 full batches and one of 26
};

void expect_same(const Trained& alone, const Trained& together, std::size_t run) {
  SCOPED_TRACE("run " + std::to_string(run));
  const RunRecord& one = alone.records[0];
  const RunRecord& other = together.records[run];
  EXPECT_EQ(one.seed, other.seed);
  EXPECT_EQ(one.history, other.history);
  EXPECT_EQ(one.final, other.final);
  EXPECT_EQ(one.confusion, other.confusion);
  EXPECT_EQ(one.test_predictions, other.test_predictions);
  EXPECT_EQ(alone.weights[0], together.weights[run]);
}

TEST_P(GroupingTest, AGroupOfThreeEqualsThreeSingles) {
  const Trained together = train_group(dataset_, group_of_runs(dataset_, runs(), 3));
  for (std::size_t i = 0; i < 3; ++i) {
    expect_same(train_group(dataset_, group_of_runs(dataset_, {runs()[i]}, 1)), together, i);
  }
  EXPECT_NE(together.weights[0], together.weights[1]) << "different runs must not be copies";
  EXPECT_NE(together.records[1].history, together.records[2].history);
}

TEST_P(GroupingTest, NeitherIdleReplicasNorOrderMatter) {
  const std::vector<RunSpec> all = runs();
  const Trained together = train_group(dataset_, group_of_runs(dataset_, {all[2], all[0]}, 5));
  ASSERT_EQ(together.records.size(), 2u);
  expect_same(train_group(dataset_, group_of_runs(dataset_, {all[2]}, 1)), together, 0);
  expect_same(train_group(dataset_, group_of_runs(dataset_, {all[0]}, 1)), together, 1);
}

TEST_P(GroupingTest, EqualSeedsGiveEqualRuns) {
  const std::vector<RunSpec> all = runs();
  const Trained together = train_group(dataset_, group_of_runs(dataset_, {all[1], all[1]}, 2));
  EXPECT_EQ(together.weights[0], together.weights[1]);
  EXPECT_EQ(together.records[0].history, together.records[1].history);
}

INSTANTIATE_TEST_SUITE_P(Shapes, GroupingTest,
                         testing::Values(GroupingCase{Activation::kRelu, OptimiserKind::kAdam},
                                         GroupingCase{Activation::kSigmoid, OptimiserKind::kSgd},
                                         GroupingCase{Activation::kTanh, OptimiserKind::kRmsProp}),
                         [](const auto& test) {
                           return std::string(to_string(test.param.activation)) + "_" +
                                  to_string(test.param.optimiser);
                         });

}  // namespace
}  // namespace gpu_sweep::test
