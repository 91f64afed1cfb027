// Bias, activation and dropout of a hidden layer, in one pass over its product.
#pragma once

#include "gpu_sweep/activation.h"
#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// a[r, b, o] = dropout(activation(z[r, b, o] + bias[r, o])), in place if `a` is `z`.
///
/// In training, an element is kept if its uniform random number u >= rate. A kept element is multiplied by
/// 1 / (1 - rate). u comes from Philox at (purpose dropout, layer, step, e = b * width + o), so a mask can be
/// drawn again and is never stored. B x O is at most kMostDropoutElements (dropout_math.h).
/// Columns from `width` on are written as +0. If the activation were applied to them, weights of the
/// padding would become nonzero, since for example sigmoid(0) is 0.5.
struct BiasActivationDropout {
  int replicas = 1;
  int batch = 0;    ///< B
  int width = 0;    ///< O, unpadded
  int leading = 0;  ///< row pitch of z and a in elements
  int layer = 0;    ///< index of the hidden layer, from 0
  Activation activation = Activation::kRelu;
  bool training = true;      ///< false: no dropout, `replica_state` and `state` are not read
  DType type = DType::kF32;  ///< of z and a; arithmetic is fp32
  Tensor bias;               ///< [R, O] f32
  Tensor z;                  ///< [R, B, leading]
  Tensor replica_state;      ///< [R] ReplicaState
  Tensor state;              ///< [1] StepState
  Tensor a;                  ///< [R, B, leading], written
};

namespace cpu {
void execute(const BiasActivationDropout& op, const Memory& memory);
}
namespace cuda {
void execute(const BiasActivationDropout& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
