// Properties of activations, from the columns of activations.def, and the switch over all activations.
#pragma once

#include <stdexcept>

#include "gpu_sweep/activation.h"

namespace gpu_sweep {

/// Returns true if the slope is computed from the function's argument z + bias, false if from its value.
constexpr bool needs_input(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, ...) \
  case Activation::enumerator:                                                           \
    return needs_input;
#include "gpu_sweep/activations.def"
  }
  return false;
}

/// Returns true if the sign of a layer's output after dropout determines the mask and the slope (0 or 1).
constexpr bool sign_is_mask(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, ...) \
  case Activation::enumerator:                                                           \
    return sign_is_mask;
#include "gpu_sweep/activations.def"
  }
  return false;
}

/// Calls `call.template operator()<kActivation>()` for the value of `activation` and returns its result.
/// Throws std::invalid_argument if `activation` is not an enumerator.
template <class Call>
decltype(auto) with_activation(Activation activation, const Call& call) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, ...) \
  case Activation::enumerator:                                                           \
    return call.template operator()<Activation::enumerator>();
#include "gpu_sweep/activations.def"
  }
  throw std::invalid_argument("no activation has this number");
}

}  // namespace gpu_sweep
