// Oracles of the update rules, one element at a time. Hyper-parameters are the user's doubles; the
// implementation may round what it derives from them once to fp32. Steps t count from 1.
#pragma once

#include "reference/bounded.h"

namespace gpu_sweep::reference {

/// Adam with epsilon outside the bias correction.
struct Adam {
  double learning_rate, beta1, beta2, epsilon;
  Bounded w, m, v;

  void step(double g, int t) {
    const double alpha = learning_rate * std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t));
    m = m + (Bounded(g) - m) * (Bounded(1) - Bounded(beta1));
    v = v + (Bounded(g) * Bounded(g) - v) * (Bounded(1) - Bounded(beta2));
    w = w - rounded(alpha) * m / (sqrt(v) + rounded(epsilon));
  }
};

struct Sgd {
  double learning_rate, momentum;
  Bounded w, velocity;

  void step(double g, int /*t*/) {
    velocity = rounded(momentum) * velocity - rounded(learning_rate) * Bounded(g);
    w = w + velocity;
  }
};

/// RMSprop with epsilon under the root.
struct RmsProp {
  double learning_rate, rho, epsilon;
  Bounded w, v;

  void step(double g, int /*t*/) {
    v = rounded(rho) * v + (Bounded(1) - Bounded(rho)) * (Bounded(g) * Bounded(g));
    w = w - rounded(learning_rate) * Bounded(g) / sqrt(v + rounded(epsilon));
  }
};

}  // namespace gpu_sweep::reference
