// Scalar math of the activation functions, shared by all backends.
#pragma once

#include <cmath>

#include "kernels/activation.h"
#include "kernels/host_device.h"

namespace gpu_sweep {

template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activate(float z) {
  if constexpr (kActivation == Activation::kRelu) return z > 0 ? z : 0.0f;
  if constexpr (kActivation == Activation::kSigmoid) return 1.0f / (1.0f + expf(-z));
  if constexpr (kActivation == Activation::kTanh) return tanhf(z);
}

/// The derivative at the point where the activation's value is `s`; relu's is 0 at 0.
template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activation_slope(float s) {
  if constexpr (kActivation == Activation::kRelu) return s > 0 ? 1.0f : 0.0f;
  if constexpr (kActivation == Activation::kSigmoid) return s * (1.0f - s);
  if constexpr (kActivation == Activation::kTanh) return 1.0f - s * s;
}

}  // namespace gpu_sweep
