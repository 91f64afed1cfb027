// Oracle of the hidden layers' activation with dropout, forward and backward, element by element.
#pragma once

#include "kernels/activation/activation.h"
#include "reference/bounded.h"

namespace gpu_sweep::reference {

inline Bounded activate(Activation activation, Bounded z) {
  switch (activation) {
    case Activation::kRelu:
      return {z.value > 0 ? z.value : 0.0, z.error};
    case Activation::kSigmoid:
      return Bounded(1) / (Bounded(1) + exp({-z.value, z.error}));
    case Activation::kTanh:
      return tanh(z);
  }
  return {};
}

/// Derivative where the activation's value is `s`.
inline Bounded slope(Activation activation, Bounded s) {
  switch (activation) {
    case Activation::kRelu:
      return s.value > 0 ? 1.0 : 0.0;
    case Activation::kSigmoid:
      return s * (Bounded(1) - s);
    case Activation::kTanh:
      return Bounded(1) - s * s;
  }
  return {};
}

/// What a kept element is multiplied with, in training.
inline Bounded dropout_scale(double rate) {
  return rate == 0 ? Bounded(1) : Bounded(1) / (Bounded(1) - Bounded(rate));
}

/// Output of the layer for one element whose product is `z`.
inline Bounded hidden_output(Activation activation, double z, double bias, double rate, bool keep) {
  if (!keep) return 0.0;
  const Bounded value = activate(activation, Bounded(z) + Bounded(bias));
  return rate == 0 ? value : value * dropout_scale(rate);
}

/// Gradient at the layer's product, from the gradient `da` at its output `a`.
inline Bounded hidden_gradient(Activation activation, double a, double da, double rate, bool keep) {
  if (!keep) return 0.0;
  if (activation == Activation::kRelu && !(a > 0)) return 0.0;
  const Bounded undropped = rate == 0 ? Bounded(a) : Bounded(a) * (Bounded(1) - Bounded(rate));
  const Bounded scaled = rate == 0 ? Bounded(da) : Bounded(da) * dropout_scale(rate);
  return activation == Activation::kRelu ? scaled : scaled * slope(activation, undropped);
}

}  // namespace gpu_sweep::reference
