// A reference computes the objective in double precision. The objective of a training step must equal it, and
// the gradient of the step must equal its central differences.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "reference/mlp.h"
#include "tests/support/lane_test.h"
#include "tests/support/small_group.h"
#include "tests/train/group_of_runs.h"
#include "tests/train/step_by_step.h"

namespace gpu_sweep::test {
namespace {

struct GradientCase {
  std::string name;
  Activation activation;
  std::vector<int> hidden;
  double dropout;
  bool settings = false;  ///< smoothed labels, weights of classes, and an L2 penalty
  bool floats = false;    ///< whether the inputs of the data set are floats
};

using Param = std::tuple<const char*, GradientCase>;  // kind of lane, net

struct GradientTest : LaneTest<Param> {
  GradientTest() : LaneTest(std::get<0>(GetParam())) {}
};

std::vector<reference::Dense> in_double(const Weights& weights) {
  std::vector<reference::Dense> layers;
  for (const DenseWeights& dense : weights) {
    layers.push_back({dense.inputs,
                      dense.outputs,
                      {dense.kernel.begin(), dense.kernel.end()},
                      {dense.bias.begin(), dense.bias.end()}});
  }
  return layers;
}

reference::Batch rows_of(const Dataset& dataset, int first, int count) {
  const LabelledImages& train = dataset[Split::kTrain];
  reference::Batch batch;
  batch.scale = dataset_layout(dataset).inputs.scale;
  for (int row = first; row < first + count; ++row) {
    with_input_type(dataset.inputs.type, [&]<class Input>() {
      const auto first_input =
          train.inputs<Input>().begin() + static_cast<std::ptrdiff_t>(row) * dataset.features();
      batch.pixels.emplace_back(first_input, first_input + dataset.features());
    });
    batch.labels.push_back(train.labels[static_cast<std::size_t>(row)]);
  }
  return batch;
}

/// fp32 gradients of a network this small are accurate to a few 1e-7, whereas a wrong factor anywhere shows
/// in the first digits.
void expect_gradient(const std::vector<float>& actual, std::vector<double>& parameters,
                     const std::vector<reference::Dense>& layers, Activation activation,
                     const reference::Batch& batch) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double expected = reference::central_difference(parameters[i], layers, activation, batch);
    EXPECT_NEAR(actual[i], expected, 2e-6 + 1e-5 * std::fabs(expected)) << "element " << i;
  }
}

/// Returns what plain SGD has subtracted, divided by the learning rate.
Weights step_over_rate(const Weights& before, Weights after, float rate) {
  const auto to_gradient = [rate](const std::vector<float>& from, std::vector<float>& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (from[i] - to[i]) / rate;
  };
  for (std::size_t l = 0; l < after.size(); ++l) {
    to_gradient(before[l].kernel, after[l].kernel);
    to_gradient(before[l].bias, after[l].bias);
  }
  return after;
}

/// Trains two replicas with different seeds, and different dropout rates if there is dropout, on a full batch
/// of 9 rows and then on a partial one of 5.
TEST_P(GradientTest, EqualsCentralDifferences_Seed3) {
  const GradientCase& c = std::get<1>(GetParam());
  const Dataset bytes = synthetic_dataset(14, 4, 4);
  const Dataset dataset = c.floats ? with_float_inputs(bytes) : bytes;
  std::vector<RunSpec> runs(2);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    runs[r].seed = 3 + r;
    runs[r].model.hidden = c.hidden;
    runs[r].model.activation = c.activation;
    runs[r].model.dropout = r == 0 ? c.dropout : c.dropout / 2;
    runs[r].model.batch_size = 9;
    runs[r].model.shuffle = false;
    runs[r].model.optimizer = OptimizerSpec::with_defaults(OptimizerKind::kSgd);
    runs[r].model.optimizer.learning_rate = 0.5;
    if (!c.settings) continue;
    runs[r].model.label_smoothing = 0.25 * static_cast<double>(r + 1);
    runs[r].model.class_weights.values = {1, 0.5, r == 0 ? 0.0 : 4.0, 2};
    runs[r].model.optimizer.l2 = 0.125;
  }
  StepByStep group(dataset, group_of_runs(dataset, runs, 2), make_lane());
  group.begin_epoch();
  for (const int step : {0, 1}) {
    const Weights before[] = {group.weights(0), group.weights(1)};
    const Metrics sums_before[] = {group.metrics(0), group.metrics(1)};
    group.step();
    for (int r = 0; r < 2; ++r) {
      reference::Batch batch = step == 0 ? rows_of(dataset, 0, 9) : rows_of(dataset, 9, 5);
      batch.dropout = static_cast<float>(runs[static_cast<std::size_t>(r)].model.dropout);
      batch.seed = runs[static_cast<std::size_t>(r)].seed;
      batch.step = static_cast<std::uint32_t>(step);
      if (c.settings) {
        const ModelSpec& model = runs[static_cast<std::size_t>(r)].model;
        batch.smoothing = static_cast<float>(model.label_smoothing);
        batch.class_weights = model.class_weights.values;
        batch.l2 = model.optimizer.l2;
      }
      auto layers = in_double(before[r]);
      const double objective = reference::mlp_loss(layers, c.activation, batch);
      EXPECT_NEAR(objective_between(sums_before[r], group.metrics(r), group.layout().spec.extras), objective,
                  1e-6 * (1 + objective));
      // The update adds the gradient of the penalty when it reads the gradient, so only the update shows it.
      const Weights gradient =
          c.settings ? step_over_rate(before[r], group.weights(r), 0.5) : group.gradient(r);
      for (std::size_t l = 0; l < layers.size(); ++l) {
        SCOPED_TRACE(testing::Message() << "step " << step << " replica " << r << " layer " << l);
        expect_gradient(gradient[l].kernel, layers[l].kernel, layers, c.activation, batch);
        expect_gradient(gradient[l].bias, layers[l].bias, layers, c.activation, batch);
      }
    }
  }
}

/// Returns cases for every activation, with dropout and without, and a few other cases.
std::vector<GradientCase> nets() {
  std::vector<GradientCase> nets = {{"deep_relu_dropout", Activation::kRelu, {9, 8, 6, 5}, 0.2},
                                    {"no_hidden_layer", Activation::kRelu, {}, 0.2},
                                    {"settings", Activation::kTanh, {7, 5}, 0.3, true},
                                    {"float_inputs", Activation::kTanh, {7, 5}, 0.2, false, true}};
  for (const Activation activation : kActivations) {
    nets.push_back({to_string(activation), activation, {7, 5}, 0});
    nets.push_back({std::string(to_string(activation)) + "_dropout", activation, {7, 5}, 0.3});
  }
  return nets;
}

INSTANTIATE_TEST_SUITE_P(Nets, GradientTest,
                         testing::Combine(testing::ValuesIn(kLaneKinds), testing::ValuesIn(nets())),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param)) + "_" + std::get<1>(test.param).name;
                         });

}  // namespace
}  // namespace gpu_sweep::test
