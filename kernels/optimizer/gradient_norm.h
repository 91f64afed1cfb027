// The factor that clips all gradients of a replica by their common norm.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// For each replica, gradient_scale = gradient_clip_norm / max(gradient_clip_norm, |g|), where |g| is the
/// 2-norm of the replica's whole gradient (Pascanu et al. 2013). gradient_scale is 1 if gradient_clip_norm is
/// 0 or if |g| is NaN. The update multiplies the gradients by gradient_scale. The squares are summed in
/// double, in an order that depends only on P.
struct GradientNorm {
  int replicas = 1;
  std::int64_t parameters = 0;  ///< P, padded to 64
  Tensor gradient;              ///< [R, P] f32
  Tensor replica_state;         ///< [R] ReplicaState, updated
};

namespace cpu {
void execute(const GradientNorm& op, const Memory& memory);
}
namespace cuda {
void execute(const GradientNorm& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
