// The output layer in training: loss, metrics, gradient and bias gradient, compared with an oracle in double
// precision.
#include "reference/softmax.h"
#include "tests/kernels/loss/output_layer_case.h"

namespace gpu_sweep::test {
namespace {

using reference::Bounded;
using SoftmaxCrossEntropyTest = KernelTest<OutputLayerCase>;

TEST_P(SoftmaxCrossEntropyTest, EqualsOracleAndWritesPadsAsPlusZero) {
  const OutputLayerCase& c = GetParam();
  const auto logits = c.logits();
  const auto bias = c.bias();
  const auto labels = c.labels(c.replicas);
  std::vector<Metrics> before(c.replicas);
  for (int r = 0; r < c.replicas; ++r) before[r] = {1000.5 + r, 17u + r, 300u + r, 2.5 + r, 0.75};
  const bool in_place = c.in_place && c.type == DType::kF32;

  auto op = c.op<SoftmaxCrossEntropy>();
  op.type = c.type;
  op.logits = in_place ? arena.updated(c.logit_rows(), DType::kF32, c.replicas)
                       : arena.input(c.logit_rows(), DType::kF32, c.replicas);
  op.bias = arena.input(padded(bias, c.classes, c.leading, kNaN), DType::kF32, c.replicas);
  op.labels = arena.input(labels, c.replicas);
  op.state = arena.input(std::vector<StepState>{{9, 1, static_cast<std::uint32_t>(c.cursor), 0}});
  op.dlogits =
      in_place ? op.logits : arena.output(static_cast<std::size_t>(c.batch) * c.leading, c.type, c.replicas);
  op.bias_gradient = arena.output<float>(c.leading, c.replicas);
  op.metrics = arena.updated(before, c.replicas);
  op.weighted = c.weighted;
  const auto states = c.smoothing();
  const auto class_weights = c.class_weights();
  op.replica_state = arena.input(states, c.replicas);
  op.class_weights = arena.input(class_weights, DType::kF32, c.replicas);
  arena.run({op});

  const auto dlogits = arena.get(op.dlogits, c.type);
  const auto bias_gradient = arena.get(op.bias_gradient, DType::kF32);
  const auto metrics = arena.get<Metrics>(op.metrics);
  for (int r = 0; r < c.replicas; ++r) {
    std::vector<std::vector<Bounded>> columns(c.classes);
    Bounded loss, objective;
    std::uint64_t correct = 0;
    for (int b = 0; b < c.batch; ++b) {
      SCOPED_TRACE(testing::Message() << "replica " << r << " row " << b);
      const std::size_t row = static_cast<std::size_t>(r) * c.batch + b;
      const double* actual = &dlogits[row * c.leading];
      for (int k = b < c.valid() ? c.classes : 0; k < c.leading; ++k) expect_plus_zero(actual[k]);
      if (b >= c.valid()) continue;
      const double weight =
          c.weighted ? class_weights[static_cast<std::size_t>(r) * c.classes + labels[row]] : 1;
      const auto oracle = reference::softmax_cross_entropy(
          &logits[row * c.classes], &bias[static_cast<std::size_t>(r) * c.classes], c.classes, labels[row],
          c.valid(), c.weighted ? states[r].label_smoothing : 0, weight);
      loss = {loss.value + oracle.loss.value, loss.error + oracle.loss.error};
      objective = {objective.value + oracle.objective.value, objective.error + oracle.objective.error};
      correct += oracle.argmax == labels[row];
      for (int k = 0; k < c.classes; ++k) {
        columns[k].push_back(oracle.gradient[k]);
        expect_within(actual[k], stored_as(c.type, oracle.gradient[k]));
      }
      if (HasFailure()) return;
    }
    expect_within(metrics[r].loss_sum - before[r].loss_sum, {loss.value, loss.error + 1e-12 * loss.value});
    if (!c.weighted) objective = {0, 0};
    expect_within(metrics[r].weighted_loss_sum - before[r].weighted_loss_sum,
                  {objective.value, objective.error + 1e-12 * objective.value});
    EXPECT_EQ(metrics[r].penalty_sum, before[r].penalty_sum);
    EXPECT_EQ(metrics[r].correct - before[r].correct, correct);
    EXPECT_EQ(metrics[r].rows - before[r].rows, static_cast<std::uint64_t>(c.valid()));
    for (int k = 0; k < c.leading; ++k) {
      SCOPED_TRACE(testing::Message() << "bias gradient, replica " << r << " class " << k);
      const double actual = bias_gradient[static_cast<std::size_t>(r) * c.leading + k];
      k < c.classes ? expect_within(actual, reference::sum(columns[k])) : expect_plus_zero(actual);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SoftmaxCrossEntropyTest, testing::ValuesIn(output_layer_cases()),
                         case_name<OutputLayerCase>);

INSTANTIATE_TEST_SUITE_P(Weighted, SoftmaxCrossEntropyTest, testing::ValuesIn(weighted_cases()),
                         case_name<OutputLayerCase>);

}  // namespace
}  // namespace gpu_sweep::test
