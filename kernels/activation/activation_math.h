// Scalar math of the activation functions, shared by all backends.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/common/exp_math.h"
#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// 1 / (1 + e^-z).
GPU_SWEEP_HOST_DEVICE float sigmoid(float z) { return 1.0f / (1.0f + exponential(-z)); }

/// For |z| < 0.55 an odd polynomial (Taylor's to z^15, remainder below 2^-24 of the value there), which keeps
/// the relative error small near 0; else 1 - 2 / (e^(2 |z|) + 1) with the sign of z.
GPU_SWEEP_HOST_DEVICE float hyperbolic_tangent(float z) {
  const float magnitude = z < 0 ? -z : z;
  const float square = z * z;
  float series = -0.0014558343870513183f;
  series = series * square + 0.003592128036572481f;
  series = series * square - 0.008863235529902197f;
  series = series * square + 0.021869488536155203f;
  series = series * square - 0.053968253968253971f;
  series = series * square + 0.13333333333333333f;
  series = series * square - 0.33333333333333331f;
  const float small = z + z * (square * series);
  const float large = 1.0f - 2.0f / (exponential(2.0f * magnitude) + 1.0f);
  return magnitude < 0.55f ? small : z < 0 ? -large : large;
}

/// A NaN stays a NaN, so that a run that diverges shows it.
template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activate(float z) {
  if constexpr (kActivation == Activation::kRelu) return z <= 0 ? 0.0f : z;
  if constexpr (kActivation == Activation::kSigmoid) return sigmoid(z);
  if constexpr (kActivation == Activation::kTanh) return hyperbolic_tangent(z);
}

/// The derivative at the point where the activation's value is `s`; relu's is 0 at 0.
template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activation_slope(float s) {
  if constexpr (kActivation == Activation::kRelu) return s > 0 ? 1.0f : 0.0f;
  if constexpr (kActivation == Activation::kSigmoid) return s * (1.0f - s);
  if constexpr (kActivation == Activation::kTanh) return 1.0f - s * s;
}

}  // namespace gpu_sweep
