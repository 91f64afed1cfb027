// Oracles of the update rules, for one element at a time. Scalars are doubles, as the user states them. The
// bounds allow an implementation to round each value that it derives from these scalars to fp32 once. Steps t
// count from 1.
#pragma once

#include <cmath>

#include "kernels/common/step_state.h"
#include "kernels/optimizer/optimizer_properties.h"
#include "reference/bounded.h"

namespace gpu_sweep::reference {

/// The scalars of all optimizers. Each optimizer reads only its own.
struct Scalars {
#define GPU_SWEEP_SCALAR(key, range, default, help) double key = 0;
#include "gpu_sweep/optimizers.def"
};

/// Returns the scalars that optimizer `kind` uses, from the state of a replica. All other scalars are 0.
inline Scalars scalars_of(OptimizerKind kind, const ReplicaState& state) {
  Scalars scalars;
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default) \
  if (kind == OptimizerKind::enumerator) scalars.key = state.key;
#include "gpu_sweep/optimizers.def"
  return scalars;
}

struct Element {
  Bounded w;
  Bounded moments[kMostMoments];
};

/// The update rule of a row of optimizers.def: step_size computes the factor of the update in double, and
/// step updates one element. A row without an oracle does not compile.
template <OptimizerKind kOptimizer>
struct OptimizerOracle;

template <>
struct OptimizerOracle<OptimizerKind::kAdam> {
  static double step_size(const Scalars& s, double beta1_power, double beta2_power) {
    return s.learning_rate * std::sqrt(1 - beta2_power) / (1 - beta1_power);
  }
  static void step(const Scalars& s, Bounded g, int t, Element& e) {
    Bounded &m = e.moments[0], &v = e.moments[1];
    const double alpha = step_size(s, std::pow(s.beta1, t), std::pow(s.beta2, t));
    m = m + (g - m) * (Bounded(1) - Bounded(s.beta1));
    v = v + (g * g - v) * (Bounded(1) - Bounded(s.beta2));
    e.w = e.w - rounded(alpha) * m / (sqrt(v) + rounded(s.epsilon));
  }
};

template <>
struct OptimizerOracle<OptimizerKind::kSgd> {
  static double step_size(const Scalars& s, double /*beta1_power*/, double /*beta2_power*/) {
    return s.learning_rate;
  }
  static void step(const Scalars& s, Bounded g, int /*t*/, Element& e) {
    Bounded& velocity = e.moments[0];
    velocity = rounded(s.momentum) * velocity - rounded(s.learning_rate) * g;
    e.w = e.w + velocity;
  }
};

template <>
struct OptimizerOracle<OptimizerKind::kRmsProp> {
  static double step_size(const Scalars& s, double /*beta1_power*/, double /*beta2_power*/) {
    return s.learning_rate;
  }
  static void step(const Scalars& s, Bounded g, int /*t*/, Element& e) {
    Bounded& v = e.moments[0];
    v = rounded(s.rho) * v + (Bounded(1) - Bounded(s.rho)) * (g * g);
    e.w = e.w - rounded(s.learning_rate) * g / sqrt(v + rounded(s.epsilon));
  }
};

template <>
struct OptimizerOracle<OptimizerKind::kAdamW> {
  static double step_size(const Scalars& s, double beta1_power, double beta2_power) {
    return s.learning_rate * std::sqrt(1 - beta2_power) / (1 - beta1_power);
  }
  static void step(const Scalars& s, Bounded g, int t, Element& e) {
    e.w = e.w - rounded(s.learning_rate * s.weight_decay) * e.w;
    OptimizerOracle<OptimizerKind::kAdam>::step(s, g, t, e);
  }
};

template <>
struct OptimizerOracle<OptimizerKind::kNesterov> {
  static double step_size(const Scalars& s, double /*beta1_power*/, double /*beta2_power*/) {
    return s.learning_rate;
  }
  static void step(const Scalars& s, Bounded g, int /*t*/, Element& e) {
    Bounded& velocity = e.moments[0];
    const Bounded downhill = rounded(s.learning_rate) * g;
    velocity = rounded(s.momentum) * velocity - downhill;
    e.w = e.w + (rounded(s.momentum) * velocity - downhill);
  }
};

/// Performs step t of one element.
inline void step(OptimizerKind kind, const Scalars& scalars, Bounded g, int t, Element& element) {
  with_optimizer(
      kind, [&]<OptimizerKind kOptimizer>() { OptimizerOracle<kOptimizer>::step(scalars, g, t, element); });
}

/// Performs step t of one element. Before the rule, it makes the adjustments of the replica: clipping, L2
/// penalty and decoupled weight decay. `state` contains them as the device read them, including the scale of
/// the gradients.
inline void adjusted_step(OptimizerKind kind, const ReplicaState& state, double g, int t, Element& element) {
  const Scalars scalars = scalars_of(kind, state);
  Bounded gradient = Bounded(g) * Bounded(state.gradient_scale);
  const double limit = state.gradient_clip_value;
  if (limit > 0 && std::fabs(gradient.value) > limit) {
    const bool by_rounding = std::fabs(gradient.value) - gradient.error <= limit;
    gradient = {std::copysign(limit, gradient.value), by_rounding ? gradient.error : 0};
  }
  gradient = gradient + Bounded(state.l2) * element.w;
  if (kind != OptimizerKind::kAdamW) {
    element.w = element.w - rounded(state.learning_rate * state.weight_decay) * element.w;
  }
  step(kind, scalars, gradient, t, element);
}

/// Returns the factor that limits the 2-norm of `gradient` to `clip`. Returns 1 if `clip` is 0.
template <class Values>
double gradient_scale(const Values& gradient, double clip) {
  long double squares = 0;
  for (const double g : gradient) squares += static_cast<long double>(g) * g;
  const double norm = std::sqrt(static_cast<double>(squares));
  return clip > 0 ? clip / std::fmax(clip, norm) : 1;
}

/// Returns the L2 penalty of `weights`: l2 / 2 times the sum of their squares.
template <class Values>
double weight_penalty(const Values& weights, double l2) {
  long double squares = 0;
  for (const double w : weights) squares += static_cast<long double>(w) * w;
  return static_cast<double>(l2 / 2 * squares);
}

/// Returns the factor of the update in the step for which the betas have these powers.
inline double step_size(OptimizerKind kind, const Scalars& scalars, double beta1_power, double beta2_power) {
  return with_optimizer(kind, [&]<OptimizerKind kOptimizer>() {
    return OptimizerOracle<kOptimizer>::step_size(scalars, beta1_power, beta2_power);
  });
}

}  // namespace gpu_sweep::reference
