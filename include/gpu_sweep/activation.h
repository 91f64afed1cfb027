// Activation functions of a hidden layer: enumerators and names, generated from activations.def. Their
// properties are in kernels/activation/activation_properties.h.
#pragma once

#include <cstdint>

namespace gpu_sweep {

enum class Activation : std::uint8_t {
#define GPU_SWEEP_ACTIVATION(enumerator, ...) enumerator,
#include "gpu_sweep/activations.def"
};

/// All activations, in the order of the enumerators.
inline constexpr Activation kActivations[] = {
#define GPU_SWEEP_ACTIVATION(enumerator, ...) Activation::enumerator,
#include "gpu_sweep/activations.def"
};

/// Returns the name used in experiments, flags and JSON: "relu", ...
constexpr const char* to_string(Activation activation) {
  switch (activation) {
#define GPU_SWEEP_ACTIVATION(enumerator, name, ...) \
  case Activation::enumerator:                      \
    return name;
#include "gpu_sweep/activations.def"
  }
  return "?";
}

}  // namespace gpu_sweep
