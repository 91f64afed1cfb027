// The output layer after its product: bias, log-softmax, loss, metrics and gradient in one pass.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// With l = logits[r, b, :K] + bias[r, :K], y = labels[r, b] and valid = min(B, N - cursor), for b < valid:
///   loss  = log(sum exp(l - max l)) - (l[y] - max l)                 added to metrics[r].loss_sum
///   hit   = argmax l (lowest class on ties) == y                     added to metrics[r].correct
///   dlogits[r, b, k] = (softmax(l)[k] - [k == y]) / valid
/// bias_gradient[r, k] = sum over b of the unrounded dlogits[r, b, k], in an order that depends only on B.
/// If `weighted` is set, with s = label_smoothing of the replica and w = class_weights[r, y], instead
///   dlogits[r, b, k] = w (softmax(l)[k] - (1 - s) [k == y] - s / K) / valid
/// and the objective of the row, whose gradient divided by valid is dlogits,
///   w (log(sum exp(l - max l)) - (1 - s) (l[y] - max l) - s / K sum over k of (l[k] - max l))
/// is added to metrics[r].weighted_loss_sum. The other metrics remain those of the loss without weights and
/// smoothing.
/// metrics[r].rows grows by valid. In dlogits, rows from `valid` on and columns from K on are written as +0,
/// and so are the elements of bias_gradient from K on.
struct SoftmaxCrossEntropy {
  int replicas = 1;
  int batch = 0;    ///< B
  int classes = 0;  ///< K, 2..256
  int leading = 0;  ///< row pitch of logits and dlogits in elements, and length of bias and its gradient
  int rows = 0;     ///< N
  bool weighted = false;     ///< false: `replica_state` and `class_weights` are not touched
  DType type = DType::kF32;  ///< of dlogits; logits are always f32
  Tensor logits;             ///< [R, B, leading] f32, the product without bias
  Tensor bias;               ///< [R, leading] f32
  Tensor labels;             ///< [R, B] u8
  Tensor state;              ///< [1] StepState
  Tensor replica_state;      ///< [R] ReplicaState
  Tensor class_weights;      ///< [R, K] f32
  Tensor dlogits;            ///< [R, B, leading], written; may be `logits` if f32
  Tensor bias_gradient;      ///< [R, leading] f32, written
  Tensor metrics;            ///< [R] Metrics, added to
};

namespace cpu {
void execute(const SoftmaxCrossEntropy& op, const Memory& memory);
}
namespace cuda {
void execute(const SoftmaxCrossEntropy& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
