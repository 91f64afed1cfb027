#include "engine/program/group_layout.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/program/builders.h"
#include "engine/program/operands.h"
#include "kernels/activation/activation_properties.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

TEST(ParameterLayout, RoundsWidthsTo8ClassesTo16AndOffsetsTo64) {
  const MlpSpec spec{785, {33, 7}, 10, Activation::kRelu, OptimizerKind::kAdam, 32, Precision::kFp32};
  const ParameterLayout layout = parameter_layout(spec);
  ASSERT_EQ(layout.layers.size(), 3u);
  EXPECT_EQ(layout.layers[0].padded_inputs, 792);
  EXPECT_EQ(layout.layers[0].padded_outputs, 40);
  EXPECT_EQ(layout.layers[1].padded_inputs, 40);
  EXPECT_EQ(layout.layers[1].padded_outputs, 8);
  EXPECT_EQ(layout.layers[2].padded_outputs, 16);
  for (const LayerLayout& layer : layout.layers) {
    EXPECT_EQ(layer.kernel % 64, 0);
    EXPECT_EQ(layer.bias % 64, 0);
    EXPECT_GE(layer.bias, layer.kernel + layer.padded_inputs * layer.padded_outputs);
  }
  EXPECT_EQ(layout.parameters % 64, 0);
  EXPECT_EQ(layout.true_parameters, 785 * 33 + 33 + 33 * 7 + 7 + 7 * 10 + 10);
}

TEST(ParameterLayout, CountsTheStudysParameters) {
  // The 500 runs of the reference study, 100 of each of its five models (docs/what_is_computed.md, section
  // 3), have 117 million parameters.
  std::int64_t sum = 0;
  std::vector<int> hidden;
  for (const int width : {256, 128, 64, 32, 16}) {
    hidden.push_back(width);
    sum += parameter_layout({784, hidden, 10, Activation::kRelu, OptimizerKind::kAdam, 256, Precision::kFp32})
               .true_parameters;
  }
  EXPECT_NEAR(static_cast<double>(sum) * 100 / 1e6, 117, 1);
}

TEST(GroupLayout, AReplicaTakesTheSamePlaceHoweverManyThereAre) {
  const MlpSpec spec{36, {8}, 4, Activation::kRelu, OptimizerKind::kAdam, 16, Precision::kFp32};
  const DatasetLayout dataset = test::layout_of_sizes(36, 4, 100, 20, 20);
  const GroupLayout one = group_layout(spec, dataset, 1, 10, true, 4096);
  const GroupLayout three = group_layout(spec, dataset, 3, 10, true, 4096);
  EXPECT_EQ(one.weights.replica_stride, three.weights.replica_stride);
  EXPECT_GT(three.arena_bytes, 2 * one.arena_bytes - 3 * 4096 - 20000);
}

TEST(GroupLayout, KeepsBestWeightsOnlyForRunsThatRestoreThem) {
  ModelSpec model;
  model.hidden = {40, 8};
  model.early_stopping = {Monitor::kValidationLoss, 2, 0, false};
  const DatasetLayout dataset = test::layout_of_sizes(36, 4, 100, 20, 20);
  const auto layout_of = [&] {
    return group_layout(mlp_spec(model, 36, 4, Precision::kBf16), dataset, 3, 10, true, 4096);
  };
  const GroupLayout without = layout_of();
  model.early_stopping.restore_best = true;
  const GroupLayout with = layout_of();
  EXPECT_EQ(with.arena_bytes, without.arena_bytes + 3 * with.best_weights.replica_stride);
  EXPECT_GE(with.best_weights.replica_stride, 4 * static_cast<std::uint64_t>(with.parameters.parameters));
  model.early_stopping.monitor = Monitor::kNone;
  EXPECT_EQ(layout_of().arena_bytes, without.arena_bytes);
}

/// If the slope of an activation is computed from its output, no memory is needed for the product from which
/// the output is computed.
TEST(GroupLayout, KeepsProductsOnlyForASlopeThatNeedsThem) {
  MlpSpec spec{36, {40, 8}, 4, Activation::kRelu, OptimizerKind::kAdam, 16, Precision::kFp32};
  const DatasetLayout dataset = test::layout_of_sizes(36, 4, 100, 20, 20);
  const std::uint64_t relu_bytes = group_layout(spec, dataset, 3, 10, true, 4096).arena_bytes;
  for (const Activation activation : kActivations) {
    SCOPED_TRACE(to_string(activation));
    spec.activation = activation;
    const GroupLayout layout = group_layout(spec, dataset, 3, 10, true, 4096);
    EXPECT_EQ(layout.products == layout.activations, !needs_input(activation));
    const std::uint64_t products = needs_input(activation) ? 3 * 16 * (40 + 8) * sizeof(float) : 0;
    EXPECT_EQ(layout.arena_bytes, relu_bytes + products);

    int backward = 0;
    for (const Op& op : build_train_step(layout).ops) {
      if (!std::holds_alternative<ActivationBackward>(op)) continue;
      ++backward;
      std::set<std::string> read;
      for (const Operand& operand : operands(op)) read.insert(operand.name);
      EXPECT_EQ(read.count("z") + read.count("bias"), needs_input(activation) ? 2u : 0u);
      EXPECT_EQ(read.count("a"), needs_input(activation) ? 0u : 1u);
    }
    EXPECT_EQ(backward, 2);
  }
}

}  // namespace
}  // namespace gpu_sweep
