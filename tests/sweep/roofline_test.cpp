#include "engine/sweep/roofline.h"

#include <gtest/gtest.h>

#include "engine/program/builders.h"
#include "engine/program/operands.h"
#include "tests/support/small_group.h"

namespace gpu_sweep {
namespace {

struct Case {
  int hidden_layers;
  Precision precision;
};

/// Returns the smallest number of bytes that one step of one replica must move. It is computed independently
/// of the programs. The pixels are read once as bytes, and the batch is written once. Every product reads its
/// two inputs and writes its output once. The work between two products reads the activations once as a mask.
/// The loss reads the logits and writes their gradient. Adam moves 28 bytes per parameter, or 30 with a bf16
/// copy.
double least_bytes_per_step(const std::vector<int>& hidden, bool bf16) {
  const double batch = 256, pixels = 784, classes = 10, element = bf16 ? 2 : 4;
  double parameters = 0;
  double bytes =
      batch * pixels + batch * pixels * element + batch * (1 + 4);  // gather: pixels, x, label and index
  double inputs = pixels;
  for (std::size_t layer = 0; layer <= hidden.size(); ++layer) {
    const bool output = layer == hidden.size();
    const double outputs = output ? classes : hidden[layer];
    parameters += inputs * outputs + outputs;
    const double x = batch * inputs * element, w = inputs * outputs * element, z = batch * outputs * element;
    bytes += x + w + (output ? 4 * batch * outputs : z);  // forward
    bytes += x + z + 4 * inputs * outputs;                // dW, always fp32
    if (layer > 0) bytes += z + w + x;                    // dX
    bytes += output ? 4 * batch * outputs + z : z;        // loss, or the mask
    inputs = outputs;
  }
  return bytes + (bf16 ? 30 : 28) * parameters;
}

class StepBytes : public testing::TestWithParam<Case> {};

TEST_P(StepBytes, AreAtMostFifteenPercentAboveTheLeast) {
  constexpr int kReplicas = 100;
  const std::vector<int> widths = {256, 128, 64, 32, 16};
  const std::vector<int> hidden(widths.begin(), widths.begin() + GetParam().hidden_layers);
  const MlpSpec spec{784, hidden, 10, Activation::kRelu, OptimizerKind::kAdam, 256, GetParam().precision};
  const GroupLayout layout =
      group_layout(spec, test::layout_of_sizes(784, 10, 50000, 10000, 10000), kReplicas, 1000, true, 256);
  double bytes = 0;
  for (const Op& op : build_train_step(layout).ops) bytes += static_cast<double>(cost(op).bytes);
  const double least = kReplicas * least_bytes_per_step(hidden, spec.precision == Precision::kBf16);
  EXPECT_LE(bytes / least, 1.15);
  EXPECT_GE(bytes / least, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Study, StepBytes,
                         testing::Values(Case{1, Precision::kFp32}, Case{2, Precision::kFp32},
                                         Case{3, Precision::kFp32}, Case{4, Precision::kFp32},
                                         Case{5, Precision::kFp32}, Case{1, Precision::kBf16},
                                         Case{2, Precision::kBf16}, Case{3, Precision::kBf16},
                                         Case{4, Precision::kBf16}, Case{5, Precision::kBf16}),
                         [](const auto& test) {
                           return std::string(to_string(test.param.precision)) + "_" +
                                  std::to_string(test.param.hidden_layers) + "_hidden";
                         });

TEST(Roofline, TheLowerBoundOfTheOriginalModelIsTheKnownNumber) {
  EXPECT_EQ(least_bytes_per_step({256}, false), 11'569'688);
  EXPECT_EQ(least_bytes_per_step({256}, true), 9'559'084);
}

TEST(Roofline, ScalesWithTheWorkAndWithTheCard) {
  ModelSpec model;
  model.hidden = {32};
  model.epochs = 3;
  GroupSpec group{mlp_spec(model, 36, 4, Precision::kTf32), 3, true, 2, {{model, 0, ""}, {model, 1, ""}}};
  const DatasetLayout dataset = test::layout_of_sizes(36, 4, 1000, 200, 200);
  const Roofline once = roofline({group}, dataset, *find_card("h100"));
  const Roofline twice = roofline({group, group}, dataset, *find_card("h100"));
  EXPECT_DOUBLE_EQ(twice.seconds, 2 * once.seconds);
  EXPECT_DOUBLE_EQ(twice.bytes, 2 * once.bytes);
  EXPECT_LT(roofline({group}, dataset, *find_card("h200")).seconds, once.seconds);
  EXPECT_FALSE(find_card("h1000"));
}

}  // namespace
}  // namespace gpu_sweep
