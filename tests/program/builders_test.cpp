#include "engine/program/builders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "engine/program/checker.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

struct Case {
  const char* name;
  std::vector<int> hidden;
  OptimizerKind optimizer;
  Precision precision;
  int replicas;
  bool shuffled;
  bool pool = false;
};

class Builders : public testing::TestWithParam<Case> {
 protected:
  GroupLayout layout() const {
    const Case& c = GetParam();
    const bool keep_probabilities = c.shuffled;  // unrelated, but varied together to need fewer cases
    const MlpSpec spec{35, c.hidden, 7, Activation::kTanh, c.optimizer, 19, c.precision};
    DatasetLayout sizes = test::layout_of_sizes(35, 7, 101, 23, 17);
    if (c.pool) {
      Dataset pool = test::synthetic_dataset(101, 23, 17, 5, 7);
      pool.width = 7;
      pool.settings.split = SplitPolicy::kPerRun;
      sizes = dataset_layout(pool);
    }
    return group_layout(spec, sizes, c.replicas, 10, c.shuffled, 5000, keep_probabilities);
  }
};

TEST_P(Builders, EveryProgramPassesTheChecker) {
  const GroupLayout group = layout();
  EXPECT_NO_THROW(check(build_begin_epoch(group)));
  EXPECT_NO_THROW(check(build_train_step(group)));
  for (const bool keep_classes : {false, true}) {
    EXPECT_NO_THROW(check(build_begin_evaluation(group, keep_classes)));
    for (const Split split : kBasicSplits)
      EXPECT_NO_THROW(check(build_evaluation_step(group, split, keep_classes)));
  }
}

TEST_P(Builders, AStepHasFiveOperationsPerHiddenLayerPlusSix) {
  const GroupLayout group = layout();
  EXPECT_EQ(build_train_step(group).ops.size(), 5 * group.spec.hidden.size() + 6);
}

TEST_P(Builders, TheOnlyScaledProductsAreTheFirstLayers) {
  const GroupLayout group = layout();
  int scaled = 0;
  for (const Op& op : build_train_step(group).ops) {
    if (const auto* gemm = std::get_if<Gemm>(&op)) {
      EXPECT_EQ(gemm->alpha != 1.0f, gemm->a == group.x);
      scaled += gemm->alpha != 1.0f;
    }
  }
  EXPECT_EQ(scaled, 2);
}

TEST_P(Builders, ProgramsArePrintable) {
  const std::string text = to_string(build_train_step(layout()));
  EXPECT_NE(text.find("gather_batch"), std::string::npos);
  EXPECT_NE(text.find("softmax_cross_entropy"), std::string::npos);
}

template <class Record>
int count_of(const Program& program) {
  return static_cast<int>(
      std::ranges::count_if(program.ops, [](const Op& op) { return std::holds_alternative<Record>(op); }));
}

bool sums_weighted_loss(const Program& program) {
  return std::ranges::any_of(program.ops, [](const Op& op) {
    const auto* evaluate = std::get_if<EvaluateLogits>(&op);
    return evaluate != nullptr && evaluate->weighted;
  });
}

/// Only training steps, and the evaluations of the training split for a run's history, need the objective.
TEST(ObjectiveOfAGroup, IsSummedWhereItIsShown) {
  MlpSpec spec{35, {9}, 7, Activation::kTanh, OptimizerKind::kAdam, 19, Precision::kFp32};
  spec.extras.adjusted = spec.extras.penalized = spec.extras.weighted_loss = true;
  const GroupLayout group = group_layout(spec, test::layout_of_sizes(35, 7, 101, 23, 17), 2, 10, false, 0);
  const Program step = build_train_step(group);
  EXPECT_NO_THROW(check(step));
  EXPECT_EQ(step.ops.size(), 5u + 6u + 1u);
  EXPECT_EQ(count_of<WeightPenalty>(step), 1);
  for (const Split split : kBasicSplits) {
    for (const bool keep_classes : {false, true}) {
      const Program evaluation = build_evaluation_step(group, split, keep_classes);
      EXPECT_NO_THROW(check(evaluation));
      const bool shown = split == Split::kTrain && !keep_classes;
      EXPECT_EQ(count_of<WeightPenalty>(evaluation), shown ? 1 : 0);
      EXPECT_EQ(sums_weighted_loss(evaluation), shown);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Builders,
    testing::Values(
        Case{"no_hidden_sgd", {}, OptimizerKind::kSgd, Precision::kFp32, 1, true},
        Case{"one_adam_fp32", {9}, OptimizerKind::kAdam, Precision::kFp32, 1, true},
        Case{"two_adam_bf16_R3", {9, 33}, OptimizerKind::kAdam, Precision::kBf16, 3, true},
        Case{"four_rmsprop_tf32_R2", {31, 16, 8, 1}, OptimizerKind::kRmsProp, Precision::kTf32, 2, false},
        Case{"one_sgd_R50", {5}, OptimizerKind::kSgd, Precision::kFp32, 50, true},
        Case{"one_adam_pool_R3", {5}, OptimizerKind::kAdam, Precision::kFp32, 3, true, true},
        Case{"two_adam_bf16_pool_R2", {9, 33}, OptimizerKind::kAdam, Precision::kBf16, 2, false, true}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace gpu_sweep
