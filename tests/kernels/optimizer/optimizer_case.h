// Cases with several steps of an optimizer, for the tests of the update rules.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/optimizer/advance.h"
#include "reference/bf16.h"
#include "reference/optimizers.h"
#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {

struct OptimizerCase {
  OptimizerKind optimizer;
  int replicas, parameters;
  int steps = 5;
  bool bf16_copy = false;
  float momentum = 0;  ///< for rules with a momentum; replica 1 has 0.5 instead
  std::uint32_t seed = 13;
  bool adjusted = false;

  std::size_t size() const { return static_cast<std::size_t>(replicas) * parameters; }

  /// Every seventh element represents padding: it is +0 in every tensor and must stay +0.
  static bool is_pad(std::size_t element) { return element % 7 == 6; }

  std::vector<double> weights() const {
    auto weights = random_reals(seed, size(), DType::kF32);
    for (std::size_t i = 0; i < size(); ++i) weights[i] = is_pad(i) ? 0 : weights[i] / 16;
    return weights;
  }

  /// Returns the gradients of step t. They are scaled by factors from 1 to 2^-38, and some are exactly 0.
  std::vector<double> gradient(int t) const {
    auto gradient = random_reals(seed + 1 + t, size(), DType::kF32);
    for (std::size_t i = 0; i < size(); ++i) {
      if (is_pad(i) || i % 11 == 0) gradient[i] = 0;
      gradient[i] = std::ldexp(gradient[i], -2 * static_cast<int>(i % 20));
    }
    return gradient;
  }

  /// Returns the scalars of each replica, as they must be before step 1 of the rule.
  std::vector<ReplicaState> states() const {
    std::vector<ReplicaState> states(replicas);
    for (int r = 0; r < replicas; ++r) {
      ReplicaState& state = states[r];
      state.learning_rate = 0.001 * (r + 1);
      state.beta1 = r == 1 ? 0.8 : 0.9;
      state.beta2 = 0.999;
      state.epsilon = 1e-7f;
      state.momentum = r == 1 ? 0.5f : momentum;
      state.rho = r == 1 ? 0.75 : 0.9;
      state.weight_decay = r == 1 ? 0.3 : 5;
      // The L2 penalty, the clipping and the scale are each absent in one replica and have an effect in the
      // others. Replica 3 has stopped. Updates without Update::adjusted must ignore all of this.
      state.l2 = r == 1 ? 0 : 0.25f;
      state.gradient_clip_value = r == 2 ? 0 : 0.5f;
      state.gradient_scale = r == 0 ? 1 : 0.375f;
      state.stopped = r == 3;
      state.beta1_power = state.beta1;
      state.beta2_power = state.beta2;
      state.step_size = static_cast<float>(
          reference::step_size(optimizer, reference::scalars_of(optimizer, state), state.beta1, state.beta2));
    }
    return states;
  }

  std::string name() const {
    return text(to_string(optimizer), "_R", replicas, "_P", parameters, "_steps", steps,
                (bf16_copy ? "_bf16_copy" : ""), (adjusted ? "_adjusted" : ""),
                (momentum > 0 ? text("_momentum", static_cast<int>(momentum * 100)) : ""), "_seed", seed);
  }
};

/// Returns whether the rows of an optimizer in optimizers.def state a momentum.
inline bool has_momentum(OptimizerKind kind) {
  std::set<OptimizerKind> users;
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) \
  if (std::string_view(#key) == "momentum") users.insert(OptimizerKind::enumerator);
#include "gpu_sweep/optimizers.def"
  return users.contains(kind);
}

/// Returns the cases of every optimizer. Cases with momentum exist only for optimizers that have a momentum.
inline std::vector<OptimizerCase> optimizer_cases() {
  std::vector<OptimizerCase> cases;
  for (const OptimizerKind optimizer : kOptimizers) {
    const float momentum = has_momentum(optimizer) ? 0.9f : 0;
    const auto shapes = for_backend<OptimizerCase>({{optimizer, 1, 64},
                                                    {optimizer, 2, 128, 5, true},
                                                    {optimizer, 3, 320, 3, false, momentum},
                                                    {optimizer, 1, 1088, 2, true, momentum},
                                                    {optimizer, 1, 2112, 50, false, momentum},
                                                    {optimizer, 3, 4160, 10, true}});
    cases.insert(cases.end(), shapes.begin(), shapes.end());
    OptimizerCase adjusted{optimizer, 3, 320, 4, true, momentum};
    adjusted.adjusted = true;
    cases.push_back(adjusted);
    adjusted.bf16_copy = false;
    adjusted.replicas = 4;  // the last replica has stopped
    cases.push_back(adjusted);
  }
  // As many parameters as a network of 784-256-10 has (203,530), rounded up to a multiple of 64, so that many
  // blocks are launched.
  const auto large = for_backend<OptimizerCase>({{OptimizerKind::kAdam, 1, 203'584, 2}});
  cases.insert(cases.end(), large.begin(), large.end());
  return cases;
}

inline Advance advance_of(int replicas, OptimizerKind optimizer, const Tensor& state,
                          const Tensor& replica_state) {
  Advance op;
  op.replicas = replicas;
  op.batch = 32;
  op.optimizer = optimizer;
  op.state = state;
  op.replica_state = replica_state;
  return op;
}

/// If `asked`, expects a copy of the rounded new weights. Otherwise expects that the copy is still NaN.
inline void expect_bf16_copy(bool asked, const std::vector<double>& copy,
                             const std::vector<double>& weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (asked) {
      ASSERT_EQ(copy[i], reference::nearest_bf16(weights[i])) << "element " << i;
    } else {
      ASSERT_TRUE(std::isnan(copy[i])) << "element " << i;
    }
  }
}

}  // namespace gpu_sweep::test
