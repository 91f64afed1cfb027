// Scalar math of the update rules, shared by all backends: one struct per row of optimizers.def.
#pragma once

#include <cmath>
#include <concepts>

#include "kernels/common/host_device.h"
#include "kernels/common/step_state.h"
#include "kernels/optimizer/optimizer_properties.h"

namespace gpu_sweep {

/// One call of a library on whole tensors [P]. A library without fused updates would perform an update rule
/// as a sequence of such calls.
struct TensorPass {
  const char* name;
  int tensors;  ///< tensors read plus tensors written; a tensor that is updated counts twice
};

// A rule is constructed from a replica's scalars. step_size(state) returns ReplicaState::step_size for the
// step whose beta powers are in `state`. operator()(g, w, moments) updates one element; the element stays +0
// if its g, w and moments are +0. kPasses lists the tensor passes that the rule would take without fusion.

/// The numbers that AdamRule needs in each step.
struct AdamScalars {
  float step_size;
  float one_less_beta1;
  float one_less_beta2;
  float epsilon;
};

/// m += (g - m) (1 - beta1);  v += (g^2 - v) (1 - beta2);  w -= alpha m / (sqrt(v) + epsilon)
/// with alpha = lr sqrt(1 - beta2^t) / (1 - beta1^t), computed in double. Epsilon is added without bias
/// correction (Kingma and Ba 2015, end of section 2).
struct AdamRule {
  static constexpr TensorPass kPasses[] = {{"m += (g - m) (1 - beta1)", 3},
                                           {"v *= beta2", 2},
                                           {"v += g g (1 - beta2)", 3},
                                           {"t = sqrt(v)", 2},
                                           {"t += epsilon", 2},
                                           {"w -= alpha m / t", 4}};

  GPU_SWEEP_HOST_DEVICE explicit AdamRule(const AdamScalars& scalars) : scalars_(scalars) {}
  GPU_SWEEP_HOST_DEVICE explicit AdamRule(const ReplicaState& state)
      : scalars_{state.step_size, static_cast<float>(1.0 - state.beta1),
                 static_cast<float>(1.0 - state.beta2), state.epsilon} {}

  GPU_SWEEP_HOST_DEVICE static double step_size(const ReplicaState& state) {
    return state.learning_rate * sqrt(1.0 - state.beta2_power) / (1.0 - state.beta1_power);
  }

  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[2]) const {
    float& m = moments[0];
    float& v = moments[1];
    m += (g - m) * scalars_.one_less_beta1;
    v += (g * g - v) * scalars_.one_less_beta2;
    w -= scalars_.step_size * m / (sqrtf(v) + scalars_.epsilon);
  }

  const AdamScalars& scalars() const { return scalars_; }

 private:
  AdamScalars scalars_;
};

/// velocity = momentum velocity - lr g;  w += velocity (Keras' SGD)
struct SgdRule {
  static constexpr TensorPass kPasses[] = {{"u *= momentum", 2}, {"u -= lr g", 3}, {"w += u", 3}};

  GPU_SWEEP_HOST_DEVICE explicit SgdRule(const ReplicaState& state)
      : learning_rate_(state.step_size), momentum_(state.momentum) {}

  GPU_SWEEP_HOST_DEVICE static double step_size(const ReplicaState& state) { return state.learning_rate; }

  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[1]) const {
    moments[0] = momentum_ * moments[0] - learning_rate_ * g;
    w += moments[0];
  }

 private:
  float learning_rate_;
  float momentum_;
};

/// v = rho v + (1 - rho) g^2;  w -= lr g / sqrt(v + epsilon) (Keras' RMSprop: epsilon under the root)
struct RmsPropRule {
  static constexpr TensorPass kPasses[] = {{"v *= rho", 2},
                                           {"v += g g (1 - rho)", 3},
                                           {"t = v + epsilon", 2},
                                           {"t = sqrt(t)", 2},
                                           {"w -= lr g / t", 4}};

  GPU_SWEEP_HOST_DEVICE explicit RmsPropRule(const ReplicaState& state)
      : learning_rate_(state.step_size),
        rho_(static_cast<float>(state.rho)),
        one_less_rho_(static_cast<float>(1.0 - state.rho)),
        epsilon_(state.epsilon) {}

  GPU_SWEEP_HOST_DEVICE static double step_size(const ReplicaState& state) { return state.learning_rate; }

  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[1]) const {
    float& v = moments[0];
    v = rho_ * v + one_less_rho_ * (g * g);
    w -= learning_rate_ * g / sqrtf(v + epsilon_);
  }

 private:
  float learning_rate_;
  float rho_;
  float one_less_rho_;
  float epsilon_;
};

/// w -= lr weight_decay w, followed by Adam's step (Loshchilov and Hutter 2019, in the form that Keras and
/// PyTorch use). Biases decay, too.
struct AdamWRule {
  static constexpr bool kDecays = true;
  static constexpr TensorPass kPasses[] = {{"w *= 1 - lr weight_decay", 2},
                                           {"m += (g - m) (1 - beta1)", 3},
                                           {"v *= beta2", 2},
                                           {"v += g g (1 - beta2)", 3},
                                           {"t = sqrt(v)", 2},
                                           {"t += epsilon", 2},
                                           {"w -= alpha m / t", 4}};

  GPU_SWEEP_HOST_DEVICE explicit AdamWRule(const ReplicaState& state)
      : adam_(state), decay_(static_cast<float>(state.learning_rate * state.weight_decay)) {}

  GPU_SWEEP_HOST_DEVICE static double step_size(const ReplicaState& state) {
    return AdamRule::step_size(state);
  }

  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[2]) const {
    w -= decay_ * w;
    adam_(g, w, moments);
  }

 private:
  AdamRule adam_;
  float decay_;
};

/// velocity = momentum velocity - lr g;  w += momentum velocity - lr g (Keras' SGD with nesterov=True)
struct NesterovRule {
  static constexpr TensorPass kPasses[] = {
      {"u *= momentum", 2}, {"u -= lr g", 3}, {"w += momentum u", 3}, {"w -= lr g", 3}};

  GPU_SWEEP_HOST_DEVICE explicit NesterovRule(const ReplicaState& state)
      : learning_rate_(state.step_size), momentum_(state.momentum) {}

  GPU_SWEEP_HOST_DEVICE static double step_size(const ReplicaState& state) { return state.learning_rate; }

  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[1]) const {
    const float step = learning_rate_ * g;
    moments[0] = momentum_ * moments[0] - step;
    w += momentum_ * moments[0] - step;
  }

 private:
  float learning_rate_;
  float momentum_;
};

/// A rule with clipped gradients, an L2 penalty and decoupled weight decay, in PyTorch's order
/// (clip_grad_norm_ or clip_grad_value_, then an optimizer's step):
///   g = max(-clip, min(clip, gradient_scale g)) + l2 w;  w -= lr weight_decay w;  then the rule
/// A rule with weight decay of its own (kDecays) does not decay twice. A NaN gradient stays NaN. Biases are
/// treated like other weights.
template <class Rule>
class AdjustedRule {
 public:
  GPU_SWEEP_HOST_DEVICE explicit AdjustedRule(const ReplicaState& state)
      : rule_(state),
        scale_(state.gradient_scale),
        clip_(state.gradient_clip_value > 0 ? state.gradient_clip_value : INFINITY),
        l2_(state.l2),
        decay_(static_cast<float>(state.learning_rate * state.weight_decay)) {}

  template <int kMoments>
  GPU_SWEEP_HOST_DEVICE void operator()(float g, float& w, float (&moments)[kMoments]) const {
    g *= scale_;
    g = g > clip_ ? clip_ : g;
    g = g < -clip_ ? -clip_ : g;
    g += l2_ * w;
    if constexpr (!requires { Rule::kDecays; }) w -= decay_ * w;
    rule_(g, w, moments);
  }

 private:
  Rule rule_;
  float scale_;
  float clip_;
  float l2_;
  float decay_;
};

/// Returns the factor that limits the 2-norm of the gradients to `clip`. `squares` is the sum of the squared
/// gradients. Returns 1 if `clip` is 0.
GPU_SWEEP_HOST_DEVICE float gradient_scale(double squares, float clip) {
  const double norm = sqrt(squares);
  return clip > 0 && norm > clip ? static_cast<float>(clip / norm) : 1.0f;
}

/// Returns the penalty whose gradient is l2 w, of weights whose squares sum to `squares`.
GPU_SWEEP_HOST_DEVICE double weight_penalty(double squares, float l2) { return 0.5 * l2 * squares; }

template <class Rule, int kMoments>
concept UpdateRule = std::constructible_from<Rule, const ReplicaState&> &&
    requires(const Rule rule, const ReplicaState state, float w, float moments[kMoments]) {
  { Rule::step_size(state) } -> std::same_as<double>;
  Rule::kPasses;
} && std::invocable<const Rule&, float, float&, float (&)[kMoments]>;

/// Maps an optimizer to the rule in its row of optimizers.def.
template <OptimizerKind kOptimizer>
struct RuleOf;

#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, ...)                   \
  template <>                                                              \
  struct RuleOf<OptimizerKind::enumerator> {                               \
    using type = Rule;                                                     \
  };                                                                       \
  static_assert(UpdateRule<Rule, moment_count(OptimizerKind::enumerator)>, \
                name ": Rule is not an update rule with the moments of its row");
#include "gpu_sweep/optimizers.def"

/// Returns ReplicaState::step_size, the factor of the update, for the step whose beta powers are in `state`.
GPU_SWEEP_HOST_DEVICE float step_size(OptimizerKind kind, const ReplicaState& state) {
  switch (kind) {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, ...) \
  case OptimizerKind::enumerator:                        \
    return static_cast<float>(Rule::step_size(state));
#include "gpu_sweep/optimizers.def"
  }
  return 0.0f;
}

}  // namespace gpu_sweep
