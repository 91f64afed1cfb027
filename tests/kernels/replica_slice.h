// A single replica of an operation, as a separate operation on the same memory.
#pragma once

#include <vector>

#include "engine/program/op.h"

namespace gpu_sweep::test {

inline std::vector<Tensor*> tensors(BeginPass& op) { return {&op.state, &op.metrics, &op.confusion}; }
inline std::vector<Tensor*> tensors(Shuffle& op) {
  return {&op.replica_state, &op.state, &op.order, &op.scratch};
}
inline std::vector<Tensor*> tensors(GatherBatch& op) {
  return {&op.pixels, &op.labels, &op.pool_rows, &op.order, &op.state, &op.x, &op.y};
}
inline std::vector<Tensor*> tensors(Gemm& op) { return {&op.a, &op.b, &op.c}; }
inline std::vector<Tensor*> tensors(BiasActivationDropout& op) {
  return {&op.bias, &op.z, &op.replica_state, &op.state, &op.a};
}
inline std::vector<Tensor*> tensors(SoftmaxCrossEntropy& op) {
  return {&op.logits,        &op.bias,    &op.labels,        &op.state,  &op.replica_state,
          &op.class_weights, &op.dlogits, &op.bias_gradient, &op.metrics};
}
inline std::vector<Tensor*> tensors(ActivationBackward& op) {
  return {&op.a, &op.z, &op.bias, &op.da, &op.replica_state, &op.state, &op.dz, &op.bias_gradient};
}
inline std::vector<Tensor*> tensors(GradientNorm& op) { return {&op.gradient, &op.replica_state}; }
inline std::vector<Tensor*> tensors(Update& op) {
  return {&op.replica_state, &op.gradient, &op.weights, &op.moments[0], &op.moments[1], &op.weights_bf16};
}
inline std::vector<Tensor*> tensors(Advance& op) { return {&op.state, &op.replica_state}; }
inline std::vector<Tensor*> tensors(EvaluateLogits& op) {
  return {&op.logits,        &op.bias,    &op.labels,    &op.state,       &op.replica_state,
          &op.class_weights, &op.metrics, &op.confusion, &op.predictions, &op.probabilities};
}
inline std::vector<Tensor*> tensors(WeightPenalty& op) {
  return {&op.weights, &op.state, &op.replica_state, &op.metrics};
}

inline Op replica_slice(const Op& op, int replica) {
  Op slice = op;
  std::visit(
      [replica](auto& record) {
        record.replicas = 1;
        for (Tensor* tensor : tensors(record)) {
          tensor->offset += tensor->replica_stride * static_cast<std::uint64_t>(replica);
        }
      },
      slice);
  return slice;
}

}  // namespace gpu_sweep::test
