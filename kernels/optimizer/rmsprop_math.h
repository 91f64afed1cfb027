// Scalar math of RMSprop, shared by all backends.
#pragma once

#include <cmath>

#include "kernels/common/host_device.h"

namespace gpu_sweep {

struct RmsPropScalars {
  float learning_rate;
  float rho;
  float one_less_rho;
  float epsilon;
};

/// One element: updates w and v.
GPU_SWEEP_HOST_DEVICE void rmsprop_update(float g, const RmsPropScalars& s, float& w, float& v) {
  v = s.rho * v + s.one_less_rho * (g * g);
  w -= s.learning_rate * g / sqrtf(v + s.epsilon);
}

}  // namespace gpu_sweep
