// RMSprop as Keras writes it: epsilon under the root.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// For every element: v = rho * v + (1 - rho) * g * g;  w -= lr * g / sqrt(v + epsilon). Padding stays +0.
/// In bf16 mode the new weight is also written rounded to nearest even.
struct RmsProp {
  int replicas = 1;
  std::int64_t parameters = 0;  ///< P, padded to 64
  bool bf16_copy = false;       ///< false: `weights_bf16` is not touched
  Tensor replica_state;         ///< [R] ReplicaState: learning rate as step_size, rho, epsilon
  Tensor gradient;              ///< [R, P] f32
  Tensor weights;               ///< [R, P] f32, updated
  Tensor v;                     ///< [R, P] f32, updated
  Tensor weights_bf16;          ///< [R, P] bf16, written
};

namespace cpu {
void execute(const RmsProp& op, const Memory& memory);
}
namespace cuda {
void execute(const RmsProp& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
