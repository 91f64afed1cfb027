// Adam, with epsilon outside the bias correction (Kingma and Ba 2015, section 2, last paragraph).
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// For every element, with alpha = replica_state[r].step_size = lr * sqrt(1 - beta2^t) / (1 - beta1^t):
///   m += (g - m) * (1 - beta1);  v += (g * g - v) * (1 - beta2);  w -= alpha * m / (sqrt(v) + epsilon)
/// Elements are independent: the result of one does not depend on how they are cut into blocks. An element
/// with w = g = m = v = +0 stays +0. In bf16 mode the new weight is also written rounded to nearest even.
struct Adam {
  int replicas = 1;
  std::int64_t parameters = 0;  ///< P, padded to 64
  bool bf16_copy = false;       ///< false: `weights_bf16` is not touched
  Tensor replica_state;         ///< [R] ReplicaState
  Tensor gradient;              ///< [R, P] f32
  Tensor weights;               ///< [R, P] f32, updated
  Tensor m;                     ///< [R, P] f32, updated
  Tensor v;                     ///< [R, P] f32, updated
  Tensor weights_bf16;          ///< [R, P] bf16, written
};

namespace cpu {
void execute(const Adam& op, const Memory& memory);
}
namespace cuda {
void execute(const Adam& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
