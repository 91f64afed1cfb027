// Backward pass through dropout and activation, which also computes the bias gradient.
#pragma once

#include "gpu_sweep/activation.h"
#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// dz[r, b, o] = da[r, b, o] * slope * mask / (1 - rate), in place if `dz` is `da`. The slope is the
/// derivative of the activation, and the dropout mask is 0 or 1. bias_gradient[r, o] = sum over b of the
/// unrounded dz[r, b, o], in an order that depends only on B.
///
/// If needs_input(activation), the slope is computed from z + bias, and `a` is not read. Otherwise it is
/// computed from the activation's value a * (1 - rate), where `a` is the layer's output after dropout,
/// and neither `z` nor `bias` is read. If sign_is_mask(activation), slope * mask is 1 where `a` is
/// positive and 0 elsewhere; otherwise the mask is drawn again from Philox. Columns from `width` on are
/// +0 in dz and in the bias gradient.
struct ActivationBackward {
  int replicas = 1;
  int batch = 0;    ///< B
  int width = 0;    ///< O, unpadded
  int leading = 0;  ///< row pitch of a, z, da and dz in elements, and length of the bias gradient
  int layer = 0;    ///< index of the hidden layer, from 0
  Activation activation = Activation::kRelu;
  DType type = DType::kF32;  ///< of a, z, da and dz; arithmetic is fp32
  Tensor a;                  ///< [R, B, leading]
  Tensor z;                  ///< [R, B, leading], the layer's product
  Tensor bias;               ///< [R, O] f32
  Tensor da;                 ///< [R, B, leading]
  Tensor replica_state;      ///< [R] ReplicaState
  Tensor state;              ///< [1] StepState
  Tensor dz;                 ///< [R, B, leading], written
  Tensor bias_gradient;      ///< [R, leading] f32, written
};

namespace cpu {
void execute(const ActivationBackward& op, const Memory& memory);
}
namespace cuda {
void execute(const ActivationBackward& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
