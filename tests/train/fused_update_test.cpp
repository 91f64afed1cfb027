// The update together with the products of the gradients: the same bits as with separate operations.
#include "engine/lane/cpu/fused_update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernels/gemm/gemm_onednn.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"
#include "tests/train/step_by_step.h"

namespace gpu_sweep::test {
namespace {

struct FusedCase {
  std::string name;
  std::vector<int> hidden;
  OptimizerKind optimizer = OptimizerKind::kAdam;
  Precision precision = Precision::kFp32;
  double clip_norm = 0;
  double weight_decay = 0;
};

struct FusedUpdateTest : testing::TestWithParam<FusedCase> {
  void SetUp() override {
    if (GetParam().precision == Precision::kBf16 && !cpu::supports_bf16()) {
      GTEST_SKIP() << "NOT TESTED: no bf16 products on this machine";
    }
  }

  /// Returns a group of two runs of the case's network.
  GroupSpec spec(const Dataset& dataset) const {
    const FusedCase& c = GetParam();
    std::vector<RunSpec> runs(2);
    for (std::size_t r = 0; r < runs.size(); ++r) {
      runs[r].seed = 41 + r;
      runs[r].model.hidden = c.hidden;
      runs[r].model.dropout = 0.2;
      runs[r].model.batch_size = 24;
      runs[r].model.optimizer.kind = c.optimizer;
      runs[r].model.optimizer.gradient_clip_norm = static_cast<float>(c.clip_norm);
      runs[r].model.optimizer.weight_decay = c.weight_decay;
    }
    return group_of_runs(dataset, runs, 2, c.precision);
  }
};

TEST_P(FusedUpdateTest, GivesTheBitsOfSeparateOperations) {
  const Dataset dataset = synthetic_dataset(60, 8, 8, 5, 3);
  StepByStep fused(dataset, spec(dataset), make_cpu_lane(), true);
  StepByStep separate(dataset, spec(dataset), make_cpu_lane(), false);
  for (StepByStep* group : {&fused, &separate}) {
    for (int epoch = 0; epoch < 3; ++epoch) {
      group->begin_epoch();
      for (int step = 0; step < 3; ++step) group->step();
    }
  }
  const GroupLayout& layout = fused.layout();
  const auto count = static_cast<std::size_t>(layout.parameters.parameters);
  for (int r = 0; r < 2; ++r) {
    const auto same = [&](const Tensor& tensor, std::size_t bytes) {
      return fused.fetch<std::byte>(tensor, bytes, r) == separate.fetch<std::byte>(tensor, bytes, r);
    };
    EXPECT_TRUE(same(layout.weights, 4 * count));
    for (int i = 0; i < moment_count(GetParam().optimizer); ++i) {
      EXPECT_TRUE(same(layout.moments[i], 4 * count));
    }
    if (GetParam().precision == Precision::kBf16) {
      EXPECT_TRUE(same(layout.weights_bf16, 2 * count));
    }
    EXPECT_EQ(fused.metrics(r).loss_sum, separate.metrics(r).loss_sum);
  }
}

/// If the CPU lane has code for the product that gives the gradient of some layer's weights, the update is
/// fused, unless the norm of the whole gradient is needed before the update.
TEST_P(FusedUpdateTest, IsUsedWhereNothingElseReadsTheGradient) {
  const Dataset dataset = synthetic_dataset(60, 8, 8, 5, 3);
  const StepByStep group(dataset, spec(dataset));
  const Program step = build_train_step(group.layout());
  bool has_code = false;
  for (const Op& op : step.ops) {
    const auto* product = std::get_if<Gemm>(&op);
    has_code |= product && product->product == Product::kWeightGradient && cpu::GradientRows::make(*product);
  }
  EXPECT_EQ(fuse_update(step) != nullptr, has_code && GetParam().clip_norm == 0);
  Program without = step;
  std::erase_if(without.ops, [](const Op& op) { return std::holds_alternative<Update>(op); });
  EXPECT_EQ(fuse_update(without), nullptr);
}

/// If the operands of a product are overwritten before the update, the product is computed at its own place
/// in the program.
TEST(FusedUpdate, DoesNotReadWhatWasOverwritten) {
  const Dataset dataset = synthetic_dataset(60, 8, 8, 5, 3);
  RunSpec run;
  run.model.hidden = {32, 16};
  run.model.batch_size = 24;
  const StepByStep group(dataset, group_of_runs(dataset, {run}, 1));
  Program step = build_train_step(group.layout());
  if (!fuse_update(step)) GTEST_SKIP() << "NOT TESTED: this machine has no code for gradients of weights";
  const auto update =
      std::ranges::find_if(step.ops, [](const Op& op) { return std::holds_alternative<Update>(op); });
  const Op gather = step.ops.front();
  ASSERT_TRUE(std::holds_alternative<GatherBatch>(gather));
  step.ops.insert(update, gather);
  const auto fused = fuse_update(step);
  for (std::size_t i = 0; fused && i < step.ops.size(); ++i) {
    const auto* product = std::get_if<Gemm>(&step.ops[i]);
    if (product && product->a == group.layout().x) {
      EXPECT_FALSE(fused->computes(i));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, FusedUpdateTest,
    testing::Values(FusedCase{"narrow", {32, 16}}, FusedCase{"ragged", {48, 13, 24}},
                    FusedCase{"no_hidden_layer", {}}, FusedCase{"sgd", {32, 16}, OptimizerKind::kSgd},
                    FusedCase{"bf16", {32, 16}, OptimizerKind::kAdam, Precision::kBf16},
                    FusedCase{"bf16_rmsprop", {48, 80}, OptimizerKind::kRmsProp, Precision::kBf16},
                    FusedCase{"clipped_norm", {32, 16}, OptimizerKind::kAdam, Precision::kFp32, 0.5},
                    FusedCase{"decay", {32, 16}, OptimizerKind::kAdam, Precision::kBf16, 0, 0.1}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace gpu_sweep::test
