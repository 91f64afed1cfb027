// The output layer in evaluation: loss, number of correct predictions, confusion matrix, predicted classes
// and class probabilities of one batch of rows.
#pragma once

#include "kernels/common/cuda_queue.h"
#include "kernels/common/tensor.h"

namespace gpu_sweep {

/// With l = logits[r, b, :K] + bias[r, :K], y = labels[r, b] and valid = min(B, N - cursor), for rows
/// b < valid: adds loss, correct and rows to metrics[r] as SoftmaxCrossEntropy does. If `keep_classes` is
/// set, confusion[r, y, argmax l] grows by one and predictions[r, cursor + b] = argmax l (lowest class on
/// ties). If `keep_probabilities` is set, probabilities[r, cursor + b] = softmax l. If `weighted` is set,
/// weighted_loss_sum of metrics[r] grows as in SoftmaxCrossEntropy.
struct EvaluateLogits {
  int replicas = 1;
  int batch = 0;                    ///< B
  int classes = 0;                  ///< K, 2..256
  int leading = 0;                  ///< row pitch of logits in elements
  int rows = 0;                     ///< N
  bool keep_classes = false;        ///< false: `confusion` and `predictions` are not touched
  bool keep_probabilities = false;  ///< false: `probabilities` is not touched
  bool weighted = false;            ///< false: `replica_state` and `class_weights` are not touched
  Tensor logits;                    ///< [R, B, leading] f32, the product without bias
  Tensor bias;                      ///< [R, leading] f32
  Tensor labels;                    ///< [R, B] u8; replica stride 0: shared
  Tensor state;                     ///< [1] StepState
  Tensor replica_state;             ///< [R] ReplicaState
  Tensor class_weights;             ///< [R, K] f32
  Tensor metrics;                   ///< [R] Metrics, added to
  Tensor confusion;                 ///< [R, K, K] u32, true class x predicted class, added to
  Tensor predictions;               ///< [R, >= N] u8, rows cursor .. cursor + valid - 1 written
  Tensor probabilities;             ///< [R, >= N, K] f16, rows cursor .. cursor + valid - 1 written
};

namespace cpu {
void execute(const EvaluateLogits& op, const Memory& memory);
}
namespace cuda {
void execute(const EvaluateLogits& op, const Memory& memory, Queue& queue);
}

}  // namespace gpu_sweep
