#include "engine/selftest/judge_operation.h"
#include "reference/bf16.h"
#include "reference/optimisers.h"

namespace gpu_sweep {

using reference::Bounded;

template <class Update, class Rule>
void Judge::update(const Update& op, const Rule& rule) {
  for (int r = 0; r < op.replicas; ++r) {
    const ReplicaState state = replica_state(op.replica_state, r);
    for (std::size_t i = 0; i < static_cast<std::size_t>(op.parameters); ++i) {
      const Bounded w = rule(state, r, i, value(op.gradient, r, i));
      real("weights", op.weights, DType::kF32, r, i, w);
      if (!op.bf16_copy) continue;
      const float weight = at<float>(op.weights, r, i);
      exact("weights_bf16", element(after_, op.weights_bf16, DType::kBf16, r, i),
            reference::nearest_bf16(weight));
    }
  }
}

void Judge::operator()(const Adam& op) {
  update(op, [&](const ReplicaState& state, int r, std::size_t i, double g) {
    reference::Adam rule{state.learning_rate,     state.beta1,       state.beta2,      state.epsilon,
                         value(op.weights, r, i), value(op.m, r, i), value(op.v, r, i)};
    rule.step(g, deed_.step + 1);
    real("m", op.m, DType::kF32, r, i, rule.m);
    real("v", op.v, DType::kF32, r, i, rule.v);
    return rule.w;
  });
}

void Judge::operator()(const Sgd& op) {
  update(op, [&](const ReplicaState& state, int r, std::size_t i, double g) {
    reference::Sgd rule{state.learning_rate, state.momentum, value(op.weights, r, i),
                        value(op.velocity, r, i)};
    rule.step(g, deed_.step + 1);
    real("velocity", op.velocity, DType::kF32, r, i, rule.velocity);
    return rule.w;
  });
}

void Judge::operator()(const RmsProp& op) {
  update(op, [&](const ReplicaState& state, int r, std::size_t i, double g) {
    reference::RmsProp rule{state.learning_rate, state.rho, state.epsilon, value(op.weights, r, i),
                            value(op.v, r, i)};
    rule.step(g, deed_.step + 1);
    real("v", op.v, DType::kF32, r, i, rule.v);
    return rule.w;
  });
}

}  // namespace gpu_sweep
