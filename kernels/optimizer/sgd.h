// Stochastic gradient descent with momentum, as Keras writes it.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// For every element: velocity = momentum * velocity - lr * g;  w += velocity. Padding stays +0.
/// In bf16 mode the new weight is also written rounded to nearest even.
struct Sgd {
  int replicas = 1;
  std::int64_t parameters = 0;  ///< P, padded to 64
  bool bf16_copy = false;       ///< false: `weights_bf16` is not touched
  Tensor replica_state;         ///< [R] ReplicaState: learning rate as step_size, momentum
  Tensor gradient;              ///< [R, P] f32
  Tensor weights;               ///< [R, P] f32, updated
  Tensor velocity;              ///< [R, P] f32, updated
  Tensor weights_bf16;          ///< [R, P] bf16, written
};

namespace cpu {
void execute(const Sgd& op, const Memory& memory);
}
namespace cuda {
void execute(const Sgd& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
