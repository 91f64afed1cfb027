// A run's result does not depend on the other runs of its group. This holds bit for bit on the CPU and on the
// stand-in for a GPU; on a card, it holds if cuBLAS uses the same algorithm for groups of both sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"

namespace gpu_sweep::test {
namespace {

struct GroupingCase {
  const char* lane;
  Activation activation;
  OptimizerKind optimizer;
  bool settings = false;  ///< whether the runs have further settings, which differ
};

class GroupingTest : public LaneTest<GroupingCase> {
 protected:
  GroupingTest() : LaneTest(GetParam().lane) {}

  Trained train(std::vector<RunSpec> runs, int replicas) const {
    return train_group(*make_lane(), dataset_, group_of_runs(dataset_, std::move(runs), replicas));
  }

  /// Returns runs of one shape that differ in seed, learning rate, dropout rate and other numbers of the
  /// optimizer, and if GetParam().settings is true, in further settings (penalties, schedules, ...).
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
      model.optimizer = OptimizerSpec::with_defaults(GetParam().optimizer);
      model.optimizer.learning_rate *= 1 + unit;
      model.optimizer.beta1 -= 0.1 * unit;
      model.optimizer.momentum = 0.3 * unit;
      model.optimizer.rho -= 0.1 * unit;
      if (!GetParam().settings) continue;
      model.optimizer.weight_decay = 0.5 * unit;
      model.optimizer.l2 = 0.02 * unit;
      model.optimizer.gradient_clip_norm = 0.25 + unit;
      model.schedule = ScheduleSpec::with_defaults(kSchedules[1 + i]);
      model.schedule.every = 0.5;
      model.schedule.warmup = 0.5 * unit;
      model.label_smoothing = 0.1 * (1 + unit);
      model.vary = {i != 0, i != 1, i != 2};
      if (i == 1) model.class_weights.values = {1, 0.5, 2, 0};
      if (i == 2) model.class_weights.balanced = true;
    }
    return runs;
  }

  void expect_same(const Trained& alone, const Trained& together, std::size_t run) const {
    SCOPED_TRACE("run " + std::to_string(run));
    EXPECT_EQ(alone.records[0].seed, together.records[run].seed);
    company_is_exact() ? expect_equal(alone, together, run) : expect_close(alone, together, run);
  }

  const Dataset dataset_ = synthetic_dataset(90, 33, 31);  // an epoch has 2 full batches and one of 26

 private:
  static void expect_equal(const Trained& alone, const Trained& together, std::size_t run);
  static void expect_close(const Trained& alone, const Trained& together, std::size_t run);
};

void GroupingTest::expect_equal(const Trained& alone, const Trained& together, std::size_t run) {
  const RunRecord& one = alone.records[0];
  const RunRecord& other = together.records[run];
  EXPECT_EQ(one.history, other.history);
  EXPECT_EQ(one.objective, other.objective);
  EXPECT_EQ(one.final, other.final);
  EXPECT_EQ(one.confusion, other.confusion);
  EXPECT_EQ(one.test_predictions, other.test_predictions);
  EXPECT_EQ(alone.weights[0], together.weights[run]);
}

/// Allows for the different orders in which the two trainings may sum in fp32, over the six steps of two
/// epochs.
void GroupingTest::expect_close(const Trained& alone, const Trained& together, std::size_t run) {
  for (std::size_t epoch = 0; epoch < alone.records[0].history.size(); ++epoch) {
    EXPECT_NEAR(alone.records[0].history[epoch].loss, together.records[run].history[epoch].loss, 1e-4);
  }
  ASSERT_EQ(alone.records[0].objective.size(), together.records[run].objective.size());
  for (std::size_t epoch = 0; epoch < alone.records[0].objective.size(); ++epoch) {
    EXPECT_NEAR(alone.records[0].objective[epoch], together.records[run].objective[epoch], 1e-4);
  }
  for (std::size_t l = 0; l < alone.weights[0].size(); ++l) {
    const std::vector<float>& kernel = alone.weights[0][l].kernel;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      EXPECT_NEAR(kernel[i], together.weights[run][l].kernel[i], 1e-3) << "layer " << l << " element " << i;
    }
  }
}

TEST_P(GroupingTest, AGroupOfThreeEqualsThreeSingles) {
  const Trained together = train(runs(), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    expect_same(train({runs()[i]}, 1), together, i);
  }
  EXPECT_NE(together.weights[0], together.weights[1]) << "different runs must not be copies";
  EXPECT_NE(together.records[1].history, together.records[2].history);
}

/// Tests that do not depend on the operations of a model: one case per lane is enough.
class PlaceInGroupTest : public GroupingTest {};

TEST_P(PlaceInGroupTest, NeitherIdleReplicasNorOrderMatter) {
  const std::vector<RunSpec> all = runs();
  const Trained together = train({all[2], all[0]}, 5);
  ASSERT_EQ(together.records.size(), 2u);
  expect_same(train({all[2]}, 1), together, 0);
  expect_same(train({all[0]}, 1), together, 1);
}

TEST_P(PlaceInGroupTest, EqualSeedsGiveEqualRuns) {
  const std::vector<RunSpec> all = runs();
  const Trained together = train({all[1], all[1]}, 2);
  EXPECT_EQ(together.weights[0], together.weights[1]);
  EXPECT_EQ(together.records[0].history, together.records[1].history);
}

/// Returns cases in which every activation and every optimizer occurs.
std::vector<GroupingCase> cases_of(const char* lane) {
  std::vector<GroupingCase> cases;
  for (std::size_t i = 0; i < std::max(std::size(kActivations), std::size(kOptimizers)); ++i) {
    cases.push_back(
        {lane, kActivations[i % std::size(kActivations)], kOptimizers[i % std::size(kOptimizers)]});
  }
  for (const OptimizerKind optimizer : kOptimizers)
    cases.push_back({lane, Activation::kRelu, optimizer, true});
  return cases;
}

std::vector<GroupingCase> all_cases() {
  std::vector<GroupingCase> cases;
  for (const char* lane : kLaneKinds) std::ranges::copy(cases_of(lane), std::back_inserter(cases));
  return cases;
}

std::vector<GroupingCase> first_cases() {
  std::vector<GroupingCase> cases;
  for (const char* lane : kLaneKinds) cases.push_back(cases_of(lane).front());
  return cases;
}

std::string name_of(const testing::TestParamInfo<GroupingCase>& test) {
  return std::string(test.param.lane) + "_" + to_string(test.param.activation) + "_" +
         to_string(test.param.optimizer) + (test.param.settings ? "_settings" : "");
}

INSTANTIATE_TEST_SUITE_P(Lanes, GroupingTest, testing::ValuesIn(all_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Lanes, PlaceInGroupTest, testing::ValuesIn(first_cases()), name_of);

}  // namespace
}  // namespace gpu_sweep::test
