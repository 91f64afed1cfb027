#include <span>

#include "engine/selftest/judge_operation.h"
#include "reference/bf16.h"
#include "reference/optimizers.h"

namespace gpu_sweep {

void Judge::operator()(const GradientNorm& op) {
  for (int r = 0; r < op.replicas; ++r) {
    ReplicaState expected = replica_state(op.replica_state, r);
    const auto& actual = *read<ReplicaState>(after_, op.replica_state, r);
    const auto* gradient = read<float>(before_, op.gradient, r);
    const double scale = reference::gradient_scale(
        std::span(gradient, static_cast<std::size_t>(op.parameters)), expected.gradient_clip_norm);
    within("gradient_scale", actual.gradient_scale, reference::rounded(scale));
    expected.gradient_scale = actual.gradient_scale;
    same("replica_state", op.replica_state, r, expected);
  }
}

void Judge::operator()(const WeightPenalty& op) {
  const int valid = valid_rows_of(step_state(op.state), op.batch, op.rows);
  for (int r = 0; r < op.replicas; ++r) {
    Metrics expected = *read<Metrics>(before_, op.metrics, r);
    const auto& actual = *read<Metrics>(after_, op.metrics, r);
    const std::span weights(read<float>(before_, op.weights, r), static_cast<std::size_t>(op.parameters));
    const double penalty = valid * reference::weight_penalty(weights, replica_state(op.replica_state, r).l2);
    const double slack = 1e-12 * (expected.penalty_sum + penalty);  // for the sums in double
    within("penalty", actual.penalty_sum - expected.penalty_sum, {penalty, slack});
    expected.penalty_sum = actual.penalty_sum;
    same("metrics", op.metrics, r, expected);
  }
}

void Judge::operator()(const Update& op) {
  const int moments = moment_count(op.optimizer);
  for (int r = 0; r < op.replicas; ++r) {
    const ReplicaState state = replica_state(op.replica_state, r);
    const reference::Scalars scalars = reference::scalars_of(op.optimizer, state);
    for (std::size_t i = 0; i < static_cast<std::size_t>(op.parameters); ++i) {
      reference::Element element;
      element.w = value(op.weights, r, i);
      for (int j = 0; j < moments; ++j) element.moments[j] = value(op.moments[j], r, i);
      const double gradient = value(op.gradient, r, i);
      if (op.adjusted && state.stopped != 0) {
        // A stopped replica must not change in any bit.
      } else if (op.adjusted) {
        reference::adjusted_step(op.optimizer, state, gradient, deed_.step + 1, element);
      } else {
        reference::step(op.optimizer, scalars, gradient, deed_.step + 1, element);
      }
      for (int j = 0; j < moments; ++j) {
        real(moment_name(op.optimizer, j), op.moments[j], DType::kF32, r, i, element.moments[j]);
      }
      real("weights", op.weights, DType::kF32, r, i, element.w);
      if (!op.bf16_copy) continue;
      exact("weights_bf16", this->element(after_, op.weights_bf16, DType::kBf16, r, i),
            reference::nearest_bf16(at<float>(op.weights, r, i)));
    }
  }
}

}  // namespace gpu_sweep
