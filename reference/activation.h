// Oracle of the hidden layers' activation with dropout, forward and backward, element by element.
#pragma once

#include <cmath>

#include "kernels/activation/activation_properties.h"
#include "reference/bounded.h"

namespace gpu_sweep::reference {

/// Computes the function of a row of activations.def in double precision: value(z), and its derivative. The
/// argument of the derivative is z if the row sets needs_input, and value(z) otherwise. A row without an
/// oracle does not compile.
template <Activation kActivation>
struct ActivationOracle;

template <>
struct ActivationOracle<Activation::kRelu> {
  static Bounded value(Bounded z) { return {z.value > 0 ? z.value : 0.0, z.error}; }
  static Bounded slope_at_output(Bounded s) { return s.value > 0 ? 1.0 : 0.0; }
};

template <>
struct ActivationOracle<Activation::kSigmoid> {
  static Bounded value(Bounded z) { return Bounded(1) / (Bounded(1) + exp({-z.value, z.error})); }
  static Bounded slope_at_output(Bounded s) { return s * (Bounded(1) - s); }
};

template <>
struct ActivationOracle<Activation::kTanh> {
  static Bounded value(Bounded z) { return tanh(z); }
  static Bounded slope_at_output(Bounded s) { return Bounded(1) - s * s; }
};

template <>
struct ActivationOracle<Activation::kGelu> {
  static Bounded distribution(Bounded z) { return Bounded(0.5) * erfc(z * rounded(-std::sqrt(0.5))); }
  static Bounded value(Bounded z) { return z * distribution(z); }
  static Bounded slope_at_input(Bounded z) {
    const Bounded density = rounded(1 / std::sqrt(2 * M_PI)) * exp(Bounded(-0.5) * (z * z));
    return distribution(z) + z * density;
  }
};

template <>
struct ActivationOracle<Activation::kSilu> {
  static Bounded value(Bounded z) { return z * ActivationOracle<Activation::kSigmoid>::value(z); }
  static Bounded slope_at_input(Bounded z) {
    const Bounded s = ActivationOracle<Activation::kSigmoid>::value(z);
    return s * (Bounded(1) + z * (Bounded(1) - s));
  }
};

template <>
struct ActivationOracle<Activation::kElu> {
  static Bounded value(Bounded z) { return z.value > 0 ? z : expm1(z); }
  static Bounded slope_at_output(Bounded s) { return s.value > 0 ? Bounded(1) : s + Bounded(1); }
};

template <>
struct ActivationOracle<Activation::kLeakyRelu> {
  static Bounded value(Bounded z) { return z.value > 0 ? z : rounded(0.01) * z; }
  static Bounded slope_at_output(Bounded s) { return s.value > 0 ? Bounded(1) : rounded(0.01); }
};

/// If the error of z leaves its sign open, the bound allows for the slope below 0, which is steeper.
template <>
struct ActivationOracle<Activation::kSelu> {
  static constexpr double kLambda = 1.0507009873554804934193349852946;
  static constexpr double kAlpha = 1.6732632423543772848170429916717;
  static Bounded value(Bounded z) {
    if (z.value <= 0) return rounded(kLambda * kAlpha) * expm1(z);
    const Bounded above = rounded(kLambda) * z;
    return {above.value, above.error + (z.value <= z.error ? kLambda * z.error : 0)};
  }
  static Bounded slope_at_output(Bounded s) {
    return s.value > 0 ? rounded(kLambda) : s + rounded(kLambda * kAlpha);
  }
};

inline Bounded activate(Activation activation, Bounded z) {
  return with_activation(activation,
                         [&]<Activation kActivation>() { return ActivationOracle<kActivation>::value(z); });
}

/// Returns the derivative. `point` is the argument of the function if needs_input(activation), and its value
/// otherwise.
inline Bounded slope(Activation activation, Bounded point) {
  return with_activation(activation, [&]<Activation kActivation>() {
    if constexpr (needs_input(kActivation)) {
      return ActivationOracle<kActivation>::slope_at_input(point);
    } else {
      return ActivationOracle<kActivation>::slope_at_output(point);
    }
  });
}

/// Returns the factor by which an element that dropout keeps is multiplied in training.
inline Bounded dropout_scale(double rate) {
  return rate == 0 ? Bounded(1) : Bounded(1) / (Bounded(1) - Bounded(rate));
}

/// Returns the output of the layer for one element. `z` is the matrix product of this element.
inline Bounded hidden_output(Activation activation, double z, double bias, double rate, bool keep) {
  if (!keep) return 0.0;
  const Bounded value = activate(activation, Bounded(z) + Bounded(bias));
  return rate == 0 ? value : value * dropout_scale(rate);
}

/// The inputs of the backward pass for one element. Activations with needs_input use z and bias; all others
/// use `a`.
struct HiddenElement {
  double a = 0;     ///< the layer's output after dropout
  double z = 0;     ///< the layer's product
  double bias = 0;  ///< the layer's bias
  double da = 0;    ///< gradient at the layer's output
};

/// Returns the gradient with respect to z. Multiplications by exactly 0 or 1 cause no rounding.
inline Bounded hidden_gradient(Activation activation, const HiddenElement& element, double rate, bool keep) {
  if (!keep) return 0.0;
  const Bounded undropped =
      rate == 0 ? Bounded(element.a) : Bounded(element.a) * (Bounded(1) - Bounded(rate));
  const Bounded point = needs_input(activation) ? Bounded(element.z) + Bounded(element.bias) : undropped;
  const Bounded factor = slope(activation, point);
  const bool is_exact = factor.error == 0;
  if (is_exact && factor.value == 0) return 0.0;
  const Bounded scaled = rate == 0 ? Bounded(element.da) : Bounded(element.da) * dropout_scale(rate);
  return is_exact && factor.value == 1 ? scaled : scaled * factor;
}

}  // namespace gpu_sweep::reference
