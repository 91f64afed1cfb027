// Scalar math of the activation functions, shared by all backends.
#pragma once

#include <concepts>

#include "kernels/activation/activation_properties.h"
#include "kernels/activation/erf_math.h"
#include "kernels/common/exp_math.h"
#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// 1 / (1 + e^-z).
GPU_SWEEP_HOST_DEVICE float sigmoid(float z) { return 1.0f / (1.0f + exponential(-z)); }

/// tanh(z): for |z| < 0.55 an odd polynomial (Taylor's up to z^15, with a remainder below 2^-24 of the
/// value), which keeps the relative error small near 0; otherwise 1 - 2 / (e^(2 |z|) + 1) with the sign of z.
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

// There is one struct per row of activations.def. Each has a function value(z). If the row sets needs_input,
// it also has slope_at_input(z), otherwise slope_at_output(s) with s = value(z). value(NaN) is NaN in all
// structs, so that a diverged run is visible.

/// max(z, 0). The slope at 0 is 0.
struct Relu {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return z <= 0 ? 0.0f : z; }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return s > 0 ? 1.0f : 0.0f; }
};

struct Sigmoid {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return sigmoid(z); }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return s * (1.0f - s); }
};

struct Tanh {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return hyperbolic_tangent(z); }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return 1.0f - s * s; }
};

/// z Phi(z), where Phi(z) = erfc(-z / sqrt 2) / 2 is the distribution function of the standard normal
/// distribution (Hendrycks and Gimpel 2016). This is the exact function, not its approximation by tanh.
struct Gelu {
  GPU_SWEEP_HOST_DEVICE static float distribution(float z) {
    return 0.5f * complementary_error_function(z * -0.70710678f);
  }
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return z * distribution(z); }
  GPU_SWEEP_HOST_DEVICE static float slope_at_input(float z) {
    return distribution(z) + z * (0.39894228f * exponential(-0.5f * (z * z)));
  }
};

/// z times the sigmoid of z (Elfwing et al. 2018).
struct Silu {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return z * sigmoid(z); }
  GPU_SWEEP_HOST_DEVICE static float slope_at_input(float z) {
    const float s = sigmoid(z);
    return s * (1.0f + z * (1.0f - s));
  }
};

/// z for z > 0, otherwise e^z - 1 (Clevert et al. 2016, alpha 1).
struct Elu {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return z > 0 ? z : exponential_less_one(z); }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return s > 0 ? 1.0f : s + 1.0f; }
};

/// z for z > 0, otherwise z / 100. The slope at 0 is 0.01.
struct LeakyRelu {
  GPU_SWEEP_HOST_DEVICE static float value(float z) { return z > 0 ? z : 0.01f * z; }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return s > 0 ? 1.0f : 0.01f; }
};

/// lambda z for z > 0, otherwise lambda alpha (e^z - 1) (Klambauer et al. 2017, constants of section 2).
struct Selu {
  static constexpr float kLambda = 1.0507009873554805f;
  static constexpr float kLambdaAlpha = 1.7580993408473766f;
  GPU_SWEEP_HOST_DEVICE static float value(float z) {
    return z > 0 ? kLambda * z : kLambdaAlpha * exponential_less_one(z);
  }
  GPU_SWEEP_HOST_DEVICE static float slope_at_output(float s) { return s > 0 ? kLambda : s + kLambdaAlpha; }
};

template <class Function>
concept HasValue = requires(float z) {
  { Function::value(z) } -> std::same_as<float>;
};
template <class Function>
concept HasSlopeAtInput = requires(float z) {
  { Function::slope_at_input(z) } -> std::same_as<float>;
};
template <class Function>
concept HasSlopeAtOutput = requires(float s) {
  { Function::slope_at_output(s) } -> std::same_as<float>;
};

/// Maps an activation to the struct of its row in activations.def.
template <Activation kActivation>
struct FunctionOf;

#define GPU_SWEEP_ACTIVATION(enumerator, name, Function, needs_input, sign_is_mask, ...)                   \
  template <>                                                                                              \
  struct FunctionOf<Activation::enumerator> : Function {};                                                 \
  static_assert(HasValue<Function>, name " has no value(z)");                                              \
  static_assert(HasSlopeAtInput<Function> == needs_input, name ": needs_input and slope_at_input differ"); \
  static_assert(HasSlopeAtOutput<Function> != needs_input,                                                 \
                name " must have the one slope that its row requires");
#include "gpu_sweep/activations.def"

template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activate(float z) {
  return FunctionOf<kActivation>::value(z);
}

/// Returns the derivative. `point` is the argument of the function if needs_input(kActivation). Otherwise it
/// is the value of the function.
template <Activation kActivation>
GPU_SWEEP_HOST_DEVICE float activation_slope(float point) {
  if constexpr (needs_input(kActivation)) {
    return FunctionOf<kActivation>::slope_at_input(point);
  } else {
    return FunctionOf<kActivation>::slope_at_output(point);
  }
}

}  // namespace gpu_sweep
