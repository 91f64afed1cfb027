// The contents of the arena after training steps, on every kind of lane.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"
#include "tests/train/step_by_step.h"

namespace gpu_sweep::test {
namespace {

struct StepsTest : LaneTest<const char*> {
  StepsTest() : LaneTest(GetParam()) {}

  /// Returns two runs of a network whose every width needs padding.
  static std::vector<RunSpec> runs(Activation activation, int batch) {
    std::vector<RunSpec> runs(2);
    for (std::size_t r = 0; r < runs.size(); ++r) {
      runs[r].seed = 21 + r;
      runs[r].model.hidden = {13, 5};
      runs[r].model.activation = activation;
      runs[r].model.dropout = 0.2;
      runs[r].model.batch_size = batch;
      runs[r].model.shuffle = false;
    }
    return runs;
  }

  bool multiplies_bf16() const { return backend_.devices[0].supports_bf16; }
};

TEST_P(StepsTest, ReplayEqualsEagerBitForBit) {
  const Dataset dataset = synthetic_dataset(20, 8, 8, 5, 3);
  const GroupSpec spec = group_of_runs(dataset, runs(Activation::kTanh, 8), 2);
  StepByStep replayed(dataset, spec, make_lane({.eager = false, .profile = nullptr}));
  StepByStep eager(dataset, spec, make_lane({.eager = true, .profile = nullptr}));
  for (StepByStep* group : {&replayed, &eager}) {
    for (int epoch = 0; epoch < 2; ++epoch) {
      group->begin_epoch();
      for (int step = 0; step < 3; ++step) group->step();  // the third takes the last 4 rows
    }
  }
  EXPECT_TRUE(replayed.arena() == eager.arena());
  EXPECT_EQ(replayed.metrics().rows, 20u);
}

/// A partial batch behaves like a smaller batch: rows beyond the valid ones contribute to no sum.
TEST_P(StepsTest, AStepOfFiveRowsInABatchOfEightIsAStepOfFive) {
  const Dataset dataset = synthetic_dataset(5, 8, 8, 5, 3);
  StepByStep padded(dataset, group_of_runs(dataset, runs(Activation::kSigmoid, 8), 2), make_lane());
  StepByStep whole(dataset, group_of_runs(dataset, runs(Activation::kSigmoid, 5), 2), make_lane());
  for (StepByStep* group : {&padded, &whole}) {
    group->begin_epoch();
    group->step();
  }
  for (int r = 0; r < 2; ++r) {
    const Weights found = padded.gradient(r), expected = whole.gradient(r);
    for (std::size_t l = 0; l < expected.size(); ++l) {
      SCOPED_TRACE(testing::Message() << "replica " << r << " layer " << l);
      for (std::size_t i = 0; i < expected[l].kernel.size(); ++i) {
        EXPECT_NEAR(found[l].kernel[i], expected[l].kernel[i], 1e-6) << "element " << i;
      }
      for (std::size_t i = 0; i < expected[l].bias.size(); ++i) {
        EXPECT_NEAR(found[l].bias[i], expected[l].bias[i], 1e-6) << "bias " << i;
      }
    }
    EXPECT_EQ(padded.metrics(r).rows, 5u);
    EXPECT_EQ(padded.metrics(r).correct, whole.metrics(r).correct);
    EXPECT_NEAR(padded.metrics(r).loss_sum, whole.metrics(r).loss_sum, 1e-5);
  }
}

/// Counts the elements that are not +0 in the columns from `width` on of a [rows, leading] matrix.
template <class T>
std::size_t bad_pads(const std::vector<T>& matrix, int width, int leading) {
  const T zero{};
  std::size_t bad = 0;
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const bool is_pad = static_cast<int>(i % static_cast<std::size_t>(leading)) >= width;
    bad += is_pad && std::memcmp(&matrix[i], &zero, sizeof(T)) != 0;
  }
  return bad;
}

/// Counts the elements of a parameter vector that are not +0 and lie outside all kernels and biases.
template <class T>
std::size_t bad_gaps(std::vector<T> vector, const ParameterLayout& layout) {
  for (const LayerLayout& layer : layout.layers) {
    for (int i = 0; i < layer.inputs; ++i) {
      for (int o = 0; o < layer.outputs; ++o) {
        vector[static_cast<std::size_t>(layer.kernel + i * layer.padded_outputs + o)] = T{};
      }
    }
    for (int o = 0; o < layer.outputs; ++o) vector[static_cast<std::size_t>(layer.bias + o)] = T{};
  }
  return bad_pads(vector, 0, 1);
}

template <class T>
void expect_clean_activations(StepByStep& group, int r) {
  const GroupLayout& layout = group.layout();
  const auto& layers = layout.parameters.layers;
  const auto batch = static_cast<std::size_t>(layout.spec.batch);
  const auto check = [&](const char* what, const Tensor& tensor, int width, int leading) {
    const auto matrix = group.fetch<T>(tensor, batch * static_cast<std::size_t>(leading), r);
    EXPECT_EQ(bad_pads(matrix, width, leading), 0u) << what << " of width " << width << ", replica " << r;
  };
  check("x", layout.x, layers[0].inputs, layers[0].padded_inputs);
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    check("a", layout.activations[l], layers[l].outputs, layers[l].padded_outputs);
    check("dz", layout.gradients[l], layers[l].outputs, layers[l].padded_outputs);
  }
  check("dlogits", layout.dlogits, layers.back().outputs, layers.back().padded_outputs);
}

void expect_clean_pads(StepByStep& group, int r) {
  const GroupLayout& layout = group.layout();
  const auto count = static_cast<std::size_t>(layout.parameters.parameters);
  const Tensor vectors[] = {layout.weights, layout.moments[0], layout.moments[1], layout.gradient};
  for (const Tensor& vector : vectors) {
    EXPECT_EQ(bad_gaps(group.fetch<float>(vector, count, r), layout.parameters), 0u)
        << "at " << vector.offset;
  }
  const LayerLayout& output = layout.parameters.layers.back();
  const auto logits = static_cast<std::size_t>(layout.spec.batch) * output.padded_outputs;
  EXPECT_EQ(bad_pads(group.fetch<float>(layout.logits, logits, r), output.outputs, output.padded_outputs),
            0u);
  if (layout.spec.precision == Precision::kBf16) {
    const auto rounded = group.fetch<std::uint16_t>(layout.weights_bf16, count, r);
    EXPECT_EQ(bad_gaps(rounded, layout.parameters), 0u);
    expect_clean_activations<std::uint16_t>(group, r);
  } else {
    expect_clean_activations<float>(group, r);
  }
}

/// Sigmoid is 0.5 at 0 and has a slope there, so the weights of the padding would grow if the padding were
/// not reset to 0.
TEST_P(StepsTest, PadsStayPlusZeroInEveryTensor) {
  const Dataset dataset = synthetic_dataset(20, 8, 8, 5, 3);
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    if (precision == Precision::kBf16 && !multiplies_bf16()) continue;
    for (const Activation activation : {Activation::kSigmoid, Activation::kRelu}) {
      SCOPED_TRACE(std::string(to_string(precision)) + " " + to_string(activation));
      StepByStep group(dataset, group_of_runs(dataset, runs(activation, 8), 2, precision), make_lane());
      group.begin_epoch();
      const Weights before = group.weights(1);
      for (int step = 0; step < 3; ++step) group.step();
      for (int r = 0; r < 2; ++r) expect_clean_pads(group, r);
      EXPECT_NE(group.weights(1), before) << "nothing was trained";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, StepsTest, testing::ValuesIn(kLaneKinds),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace gpu_sweep::test
