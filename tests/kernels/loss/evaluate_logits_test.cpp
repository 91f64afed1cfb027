// The output layer in evaluation: metrics, confusion matrix, predicted classes and probabilities.
#include <algorithm>

#include "gpu_sweep/fp16.h"
#include "reference/softmax.h"
#include "tests/kernels/loss/output_layer_case.h"

namespace gpu_sweep::test {
namespace {

using reference::Bounded;

class EvaluateLogitsTest : public KernelTest<OutputLayerCase> {
 protected:
  /// Runs the case with `label_sets` sets of labels: one set that all replicas share, or one set per replica.
  void expect_equals_oracle(int label_sets);
};

void EvaluateLogitsTest::expect_equals_oracle(int label_sets) {
  const OutputLayerCase& c = GetParam();
  const bool keep_classes = c.in_place;
  const bool keep_probabilities = c.type == DType::kF32;
  const auto logits = c.logits();
  const auto bias = c.bias();
  const auto labels = c.labels(label_sets);
  const std::vector<Metrics> metrics_before(c.replicas, Metrics{0.25, 3, 4, 0.5, 0.75});
  const std::size_t cells = static_cast<std::size_t>(c.classes) * c.classes;
  const std::vector<std::uint32_t> confusion_before(cells * c.replicas, 5);
  const std::vector<std::uint8_t> predictions_before(static_cast<std::size_t>(c.rows) * c.replicas, 0xee);
  const std::vector<Fp16> probabilities_before(predictions_before.size() * c.classes, Fp16{0xeeee});

  auto op = c.op<EvaluateLogits>();
  op.keep_classes = keep_classes;
  op.keep_probabilities = keep_probabilities;
  op.logits = arena.input(c.logit_rows(), DType::kF32, c.replicas);
  op.bias = arena.input(padded(bias, c.classes, c.leading, kNaN), DType::kF32, c.replicas);
  op.labels = label_sets == 1 ? arena.input(labels) : arena.input(labels, c.replicas);
  op.state = arena.input(std::vector<StepState>{{0, 0, static_cast<std::uint32_t>(c.cursor), 0}});
  op.weighted = c.weighted;
  const auto states = c.smoothing();
  const auto class_weights = c.class_weights();
  op.replica_state = arena.input(states, c.replicas);
  op.class_weights = arena.input(class_weights, DType::kF32, c.replicas);
  op.metrics = arena.updated(metrics_before, c.replicas);
  op.confusion = arena.updated(confusion_before, c.replicas);
  op.predictions = arena.updated(predictions_before, c.replicas);
  op.probabilities = arena.updated(probabilities_before, c.replicas);
  arena.run({op});

  const auto metrics = arena.get<Metrics>(op.metrics);
  auto confusion = confusion_before;
  auto predictions = predictions_before;
  const auto probabilities = arena.get<Fp16>(op.probabilities);
  std::vector<bool> written(probabilities.size());
  for (int r = 0; r < c.replicas; ++r) {
    Bounded loss, objective;
    std::uint64_t correct = 0;
    for (int b = 0; b < c.valid(); ++b) {
      const std::size_t row = static_cast<std::size_t>(r) * c.batch + b;
      const std::uint8_t label = labels[label_sets == 1 ? static_cast<std::size_t>(b) : row];
      const auto oracle = reference::softmax_cross_entropy(
          &logits[row * c.classes], &bias[static_cast<std::size_t>(r) * c.classes], c.classes, label, 1,
          states[r].label_smoothing, class_weights[static_cast<std::size_t>(r) * c.classes + label]);
      loss = {loss.value + oracle.loss.value, loss.error + oracle.loss.error};
      objective = {objective.value + oracle.objective.value, objective.error + oracle.objective.error};
      correct += oracle.argmax == label;
      for (int k = 0; keep_probabilities && k < c.classes; ++k) {
        const std::size_t at =
            (static_cast<std::size_t>(r) * c.rows + c.cursor + b) * c.classes + static_cast<std::size_t>(k);
        expect_within(to_float(probabilities[at]), reference::stored_as_fp16(oracle.probability[k]));
        written[at] = true;
      }
      if (!keep_classes) continue;
      ++confusion[r * cells + static_cast<std::size_t>(label) * c.classes + oracle.argmax];
      predictions[static_cast<std::size_t>(r) * c.rows + c.cursor + b] =
          static_cast<std::uint8_t>(oracle.argmax);
    }
    SCOPED_TRACE(testing::Message() << "replica " << r);
    expect_within(metrics[r].loss_sum - 0.25, {loss.value, loss.error + 1e-12 * loss.value});
    if (!c.weighted) objective = {0, 0};
    expect_within(metrics[r].weighted_loss_sum - 0.5,
                  {objective.value, objective.error + 1e-12 * objective.value});
    EXPECT_EQ(metrics[r].penalty_sum, 0.75);
    EXPECT_EQ(metrics[r].correct, 3 + correct);
    EXPECT_EQ(metrics[r].rows, 4u + c.valid());
  }
  EXPECT_EQ(arena.get<std::uint32_t>(op.confusion), confusion);
  EXPECT_EQ(arena.get<std::uint8_t>(op.predictions), predictions);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i]) continue;
    ASSERT_EQ(probabilities[i].bits, 0xeeee) << "value " << i << " is no valid row's";
  }
}

TEST_P(EvaluateLogitsTest, EqualsOracleAndAddsToWhatWasThere) { expect_equals_oracle(1); }

/// Each replica has evaluation rows of its own.
TEST_P(EvaluateLogitsTest, EqualsOracleOnRowsOfEachReplica) { expect_equals_oracle(GetParam().replicas); }

/// A run that diverged has logits of NaN. Its loss is NaN too, and every row counts as a prediction of the
/// lowest class.
TEST_P(EvaluateLogitsTest, CountsRowsOfNaNAsTheLowestClass) {
  const OutputLayerCase& c = GetParam();
  const std::size_t cells = static_cast<std::size_t>(c.classes) * c.classes;
  const std::vector<double> logits(static_cast<std::size_t>(c.replicas) * c.batch * c.leading, kNaN);
  const std::vector<std::uint8_t> labels = c.labels(1);
  auto op = c.op<EvaluateLogits>();
  op.keep_classes = true;
  op.logits = arena.input(logits, DType::kF32, c.replicas);
  op.bias = arena.input(padded(c.bias(), c.classes, c.leading, kNaN), DType::kF32, c.replicas);
  op.labels = arena.input(labels);
  op.state = arena.input(std::vector<StepState>{{0, 0, static_cast<std::uint32_t>(c.cursor), 0}});
  op.metrics = arena.updated(std::vector<Metrics>(c.replicas), c.replicas);
  op.confusion = arena.updated(std::vector<std::uint32_t>(cells * c.replicas), c.replicas);
  op.predictions = arena.updated(
      std::vector<std::uint8_t>(static_cast<std::size_t>(c.rows) * c.replicas, 0xee), c.replicas);
  arena.run({op});

  std::vector<std::uint32_t> confusion(cells);
  std::uint64_t correct = 0;
  for (int b = 0; b < c.valid(); ++b) {
    ++confusion[static_cast<std::size_t>(labels[b]) * c.classes];
    correct += labels[b] == 0;
  }
  const auto counted = arena.get<std::uint32_t>(op.confusion);
  for (int r = 0; r < c.replicas; ++r) {
    const Metrics metrics = arena.get<Metrics>(op.metrics)[r];
    EXPECT_TRUE(std::isnan(metrics.loss_sum));
    EXPECT_EQ(metrics.correct, correct);
    const auto own = counted.begin() + static_cast<std::ptrdiff_t>(cells * r);
    EXPECT_TRUE(std::equal(confusion.begin(), confusion.end(), own)) << "replica " << r;
  }
}

INSTANTIATE_TEST_SUITE_P(Weighted, EvaluateLogitsTest, testing::ValuesIn(weighted_cases()),
                         case_name<OutputLayerCase>);
INSTANTIATE_TEST_SUITE_P(Shapes, EvaluateLogitsTest, testing::ValuesIn(output_layer_cases()),
                         case_name<OutputLayerCase>);

}  // namespace
}  // namespace gpu_sweep::test
