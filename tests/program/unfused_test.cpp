#include "engine/program/unfused.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/program/builders.h"
#include "engine/program/operands.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

Program study_step(int replicas, Precision precision, OptimizerKind optimizer = OptimizerKind::kAdam) {
  const MlpSpec spec{784, {256}, 10, Activation::kRelu, optimizer, 256, precision};
  return build_train_step(
      group_layout(spec, test::layout_of_sizes(784, 10, 50000, 10000, 10000), replicas, 1000, true, 256));
}

std::map<std::string, std::uint64_t> bytes_by_name(const Program& program) {
  std::map<std::string, std::uint64_t> bytes;
  for (const Op& op : program.ops) {
    for (const UnfusedPass& pass : unfused_passes(op)) bytes[name(op)] += pass.bytes;
  }
  return bytes;
}

/// The numbers for the original model of the reference study, counted by hand. It has batches of 256 rows,
/// 784 pixels, 256 hidden units, classes padded to 16, and 205,120 parameters with padding.
TEST(Unfused, CountsTheBytesOfTheOriginalModelsStep) {
  const std::uint64_t a = 256 * 256 * 4, logits = 256 * 16 * 4;
  auto bytes = bytes_by_name(study_step(1, Precision::kFp32));
  EXPECT_EQ(bytes["gather_batch"], 2 * 256 * 784 * 4 + 6 * 256u);
  EXPECT_EQ(bytes["bias_activation_dropout"], 6 * a + a / 4 + 256 * 4);
  EXPECT_EQ(bytes["activation_backward"], 6 * a + a / 4 + 256 * 4);
  EXPECT_EQ(bytes["softmax_cross_entropy"], 8 * logits + 2 * 16 * 4 + 7 * 256);
  EXPECT_EQ(bytes["adam"] % 64, 0u);
  EXPECT_EQ(bytes["adam"] / 64, 784u * 256 + 256 + 256 * 16 + 64);

  bytes = bytes_by_name(study_step(1, Precision::kBf16));
  EXPECT_EQ(bytes["gather_batch"], 2 * 256 * 784 * 4 + 6 * 256 + 256 * 784 * 6u);
  EXPECT_EQ(bytes["activation_backward"], 3 * a + a / 4 + 256 * 4);
  EXPECT_EQ(bytes["adam"] / 70, 784u * 256 + 256 + 256 * 16 + 64);
}

TEST(Unfused, NeverMovesLessThanTheFusedOperation) {
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    for (const auto optimizer : kOptimizers) {
      for (const Op& op : study_step(3, precision, optimizer).ops) {
        std::uint64_t bytes = 0;
        const auto passes = unfused_passes(op);
        for (const UnfusedPass& pass : passes) bytes += pass.bytes;
        if (passes.size() == 1 && !std::holds_alternative<GatherBatch>(op)) {
          EXPECT_EQ(bytes, cost(op).bytes) << name(op);
        } else {
          EXPECT_GT(bytes, cost(op).bytes) << name(op);
        }
      }
    }
  }
}

TEST(Unfused, ScalesWithTheReplicas) {
  const auto one = bytes_by_name(study_step(1, Precision::kFp32));
  for (const auto& [operation, bytes] : bytes_by_name(study_step(7, Precision::kFp32))) {
    if (operation == "advance") continue;  // it changes state that the replicas share
    EXPECT_EQ(bytes, 7 * one.at(operation)) << operation;
  }
}

}  // namespace
}  // namespace gpu_sweep
