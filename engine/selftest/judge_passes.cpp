#include <cmath>

#include "engine/selftest/judge_operation.h"
#include "reference/optimizers.h"
#include "reference/schedule.h"
#include "reference/shuffle.h"

namespace gpu_sweep {

void Judge::operator()(const BeginPass& op) {
  StepState state = step_state(op.state);
  state.cursor = 0;
  state.epoch += op.begins_epoch;
  same("state", op.state, 0, state);
  for (int r = 0; r < op.replicas; ++r) {
    same("metrics", op.metrics, r, Metrics{});
    for (int i = 0; op.clear_confusion && i < op.classes * op.classes; ++i) {
      same("confusion", at<std::uint32_t>(op.confusion, r, i), std::uint32_t{0});
    }
  }
}

void Judge::operator()(const Shuffle& op) {
  const std::uint32_t epoch = step_state(op.state).epoch;
  for (int r = 0; r < op.replicas; ++r) {
    const auto order =
        reference::shuffled_order(replica_state(op.replica_state, r).order_seed, epoch, op.rows);
    for (int i = 0; i < op.rows; ++i) {
      same("order", at<std::uint32_t>(op.order, r, i), order[static_cast<std::size_t>(i)]);
    }
  }
}

void Judge::operator()(const Advance& op) {
  StepState state = step_state(op.state);
  state.cursor += static_cast<std::uint32_t>(op.batch);
  state.step += op.optimizer_step;
  same("state", op.state, 0, state);
  for (int r = 0; op.optimizer_step && r < op.replicas; ++r) {
    ReplicaState expected = replica_state(op.replica_state, r);
    const auto& actual = *read<ReplicaState>(after_, op.replica_state, r);
    if (op.scheduled) {
      ++expected.steps;
      const double rate = reference::scheduled_rate(expected.schedule, expected.steps + 1);
      within("learning_rate", actual.learning_rate, {rate, reference::kRateError * rate});
      expected.learning_rate = actual.learning_rate;
    }
    expected.beta1_power *= expected.beta1;
    expected.beta2_power *= expected.beta2;
    const reference::Scalars scalars = reference::scalars_of(op.optimizer, expected);
    const double step_size =
        reference::step_size(op.optimizer, scalars, expected.beta1_power, expected.beta2_power);
    within("step_size", actual.step_size, reference::rounded(step_size));
    expected.step_size = actual.step_size;
    same("replica_state", op.replica_state, r, expected);
  }
}

}  // namespace gpu_sweep
