// Scalar math of SGD with momentum, shared by all backends.
#pragma once

#include "kernels/common/host_device.h"

namespace gpu_sweep {

/// One element: updates w and the velocity.
GPU_SWEEP_HOST_DEVICE void sgd_update(float g, float learning_rate, float momentum, float& w,
                                      float& velocity) {
  velocity = momentum * velocity - learning_rate * g;
  w += velocity;
}

}  // namespace gpu_sweep
