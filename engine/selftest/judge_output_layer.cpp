#include "engine/selftest/judge_operation.h"
#include "reference/softmax.h"

namespace gpu_sweep {

using reference::Bounded;

template <class OutputLayer>
reference::SoftmaxOracle Judge::add_row(const OutputLayer& op, int r, int b, int label, int valid,
                                        Sums& sums) const {
  const std::size_t first = index(b, op.leading, 0);
  std::vector<double> logits, bias;
  for (int k = 0; k < op.classes; ++k) {
    logits.push_back(value(op.logits, r, first + static_cast<std::size_t>(k)));
    bias.push_back(value(op.bias, r, static_cast<std::size_t>(k)));
  }
  double smoothing = 0, weight = 1;
  if (op.weighted) {
    smoothing = replica_state(op.replica_state, r).label_smoothing;
    weight = value(op.class_weights, r, static_cast<std::size_t>(label));
  }
  auto oracle = reference::softmax_cross_entropy(logits.data(), bias.data(), op.classes, label, valid,
                                                 smoothing, weight);
  sums.loss = {sums.loss.value + oracle.loss.value, sums.loss.error + oracle.loss.error};
  if (op.weighted) {
    sums.weighted_loss = {sums.weighted_loss.value + oracle.objective.value,
                          sums.weighted_loss.error + oracle.objective.error};
  }
  sums.correct += oracle.argmax == label;
  ++sums.rows;
  return oracle;
}

void Judge::operator()(const SoftmaxCrossEntropy& op) {
  for (int r = 0; r < op.replicas; ++r) {
    const int valid = valid_rows_of(step_state(op.state), op.batch, op.rows);
    Sums sums;
    std::vector<std::vector<Bounded>> columns(static_cast<std::size_t>(op.classes));
    for (int b = 0; b < op.batch; ++b) {
      std::vector<Bounded> gradient;
      if (b < valid) {
        const int label = read<std::uint8_t>(before_, op.labels, r)[b];
        gradient = add_row(op, r, b, label, valid, sums).gradient;
      }
      for (int k = 0; k < op.leading; ++k) {
        const std::size_t i = index(b, op.leading, k);
        if (k >= op.classes || b >= valid) {
          pad("dlogits", op.dlogits, op.type, r, i);
          continue;
        }
        const Bounded& value = gradient[static_cast<std::size_t>(k)];
        real("dlogits", op.dlogits, op.type, r, i, value);
        columns[static_cast<std::size_t>(k)].push_back(value);
      }
    }
    for (int k = 0; k < op.leading; ++k) {
      const auto i = static_cast<std::size_t>(k);
      if (k < op.classes) {
        real("bias_gradient", op.bias_gradient, DType::kF32, r, i, reference::sum(columns[i]));
      } else {
        pad("bias_gradient", op.bias_gradient, DType::kF32, r, i);
      }
    }
    metrics(op.metrics, r, sums);
  }
}

void Judge::operator()(const EvaluateLogits& op) {
  const StepState state = step_state(op.state);
  const int valid = valid_rows_of(state, op.batch, op.rows);
  for (int r = 0; r < op.replicas; ++r) {
    Sums sums;
    const auto* confusion = read<std::uint32_t>(before_, op.confusion, r);
    std::vector<std::uint32_t> counts;
    if (op.keep_classes) counts.assign(confusion, confusion + op.classes * op.classes);
    for (int b = 0; b < valid; ++b) {
      const int label = read<std::uint8_t>(before_, op.labels, r)[b];
      const int argmax = add_row(op, r, b, label, valid, sums).argmax;
      if (!op.keep_classes) continue;
      ++counts[static_cast<std::size_t>(label * op.classes + argmax)];
      same("predictions", at<std::uint8_t>(op.predictions, r, state.cursor + static_cast<std::size_t>(b)),
           static_cast<std::uint8_t>(argmax));
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      same("confusion", at<std::uint32_t>(op.confusion, r, i), counts[i]);
    }
    metrics(op.metrics, r, sums);
  }
}

void Judge::metrics(const Tensor& tensor, int r, const Sums& sums) {
  const auto& before = *read<Metrics>(before_, tensor, r);
  const auto& after = *read<Metrics>(after_, tensor, r);
  const auto grows = [&](const char* what, double Metrics::*sum, const Bounded& rows) {
    const double slack = 1e-12 * (before.*sum + rows.value);  // allows for rounding of double sums
    within(what, after.*sum - before.*sum, {rows.value, rows.error + slack});
  };
  grows("loss", &Metrics::loss_sum, sums.loss);
  grows("weighted loss", &Metrics::weighted_loss_sum, sums.weighted_loss);
  same("penalty", after.penalty_sum, before.penalty_sum);
  same("correct", after.correct, before.correct + sums.correct);
  same("rows", after.rows, before.rows + sums.rows);
}

}  // namespace gpu_sweep
