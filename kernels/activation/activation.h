// Activation functions of a hidden layer: enumerators, names and traits, generated from activations.def.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace gpu_sweep {

enum class Activation : std::uint8_t {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) enumerator,
#include "kernels/activation/activations.def"
};

/// All activations, in the order of the enumerators.
inline constexpr Activation kActivations[] = {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) Activation::enumerator,
#include "kernels/activation/activations.def"
};

/// Returns the name used in experiments, flags and JSON: "relu", ...
constexpr const char* to_string(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) \
  case Activation::enumerator:                                                      \
    return name;
#include "kernels/activation/activations.def"
  }
  return "?";
}

/// Returns true if the slope is computed from the function's argument z + bias, false if from its value.
constexpr bool needs_input(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) \
  case Activation::enumerator:                                                      \
    return needs_input;
#include "kernels/activation/activations.def"
  }
  return false;
}

/// Returns true if the sign of a layer's output after dropout determines the mask and the slope (0 or 1).
constexpr bool sign_is_mask(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) \
  case Activation::enumerator:                                                      \
    return sign_is_mask;
#include "kernels/activation/activations.def"
  }
  return false;
}

/// Calls `call.template operator()<kActivation>()` for the value of `activation` and returns its result.
/// Throws std::invalid_argument if `activation` is not an enumerator.
template <class Call>
decltype(auto) with_activation(Activation activation, const Call& call) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask) \
  case Activation::enumerator:                                                      \
    return call.template operator()<Activation::enumerator>();
#include "kernels/activation/activations.def"
  }
  throw std::invalid_argument("no activation has this number");
}

}  // namespace gpu_sweep
