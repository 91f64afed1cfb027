// Scalar math of Adam, shared by all backends.
#pragma once

#include <cmath>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

struct AdamScalars {
  float step_size;  ///< alpha_t = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
  float one_less_beta1;
  float one_less_beta2;
  float epsilon;
};

/// alpha of the step whose beta powers are given (Kingma and Ba 2015, end of section 2), in double.
GPU_SWEEP_HOST_DEVICE double adam_step_size(double learning_rate, double beta1_power, double beta2_power) {
  return learning_rate * sqrt(1.0 - beta2_power) / (1.0 - beta1_power);
}

/// One element: updates w, m and v.
GPU_SWEEP_HOST_DEVICE void adam_update(float g, const AdamScalars& s, float& w, float& m, float& v) {
  m += (g - m) * s.one_less_beta1;
  v += (g * g - v) * s.one_less_beta2;
  w -= s.step_size * m / (sqrtf(v) + s.epsilon);
}

}  // namespace gpu_sweep
