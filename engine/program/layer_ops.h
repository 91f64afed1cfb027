// Parts that the programs of a group share. Private to the builders (builders.h).
#pragma once

#include <vector>

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Returns the element type of inputs, activations and their gradients.
DType activation_type(const GroupLayout& layout);

/// Returns the weights from index `element` of each parameter vector on, in the type that matrix products
/// read. In bf16 precision, these are the bf16 copies of the weights.
Tensor product_weights(const GroupLayout& layout, std::int64_t element);

/// Returns the bias of a layer in `vectors`, which are the parameter vectors [R, P] of the weights or of
/// their gradients.
Tensor bias_of(const GroupLayout& layout, const Tensor& vectors, int layer);

/// Returns a matrix product of a layer; the caller sets its tensors. The products of the first layer
/// multiply the inputs by the scale of the data set (InputFormat).
Gemm product(const GroupLayout& layout, Product which, int layer, int batch);

/// Returns a program without operations. Its residents are the data set and the tensors of the arena that its
/// operations may read before one of them has written them.
Program empty_program(const GroupLayout& layout, const char* name);

/// The tensors and sizes of a pass over a split, in training batches or in evaluation batches.
struct Pass {
  bool training;
  Split split;
  int batch;
  Tensor x, y, state, logits, metrics;
  const std::vector<Tensor>* activations;
  /// The products of the hidden layers. If the activations overwrite them, these are the tensors of
  /// `activations`.
  const std::vector<Tensor>* products;
};
Pass training_pass(const GroupLayout& layout);
Pass evaluation_pass(const GroupLayout& layout, Split split);

BeginPass begin_pass(const GroupLayout& layout, const Pass& pass);

/// Returns the operation that gathers the next batch, without shuffling. The caller sets replicas, shuffled
/// and order.
GatherBatch gather(const GroupLayout& layout, const Pass& pass);

/// Returns the BiasActivationDropout or the ActivationBackward of a hidden layer. The caller sets the fields
/// that only one of these two records has.
template <class HiddenOp>
HiddenOp hidden_op(const GroupLayout& layout, const Pass& pass, int layer) {
  const LayerLayout& shape = layout.parameters.layers[layer];
  HiddenOp op;
  op.replicas = layout.replicas;
  op.batch = pass.batch;
  op.width = shape.outputs;
  op.leading = shape.padded_outputs;
  op.layer = layer;
  op.activation = layout.spec.activation;
  op.type = activation_type(layout);
  op.replica_state = layout.replica_state;
  op.state = pass.state;
  op.bias = bias_of(layout, layout.weights, layer);
  op.z = (*pass.products)[layer];
  op.a = (*pass.activations)[layer];
  return op;
}

/// Returns the SoftmaxCrossEntropy or the EvaluateLogits of the output layer. The caller sets the fields that
/// only one of these two records has.
template <class OutputOp>
OutputOp output_op(const GroupLayout& layout, const Pass& pass) {
  OutputOp op;
  op.replicas = layout.replicas;
  op.batch = pass.batch;
  op.classes = layout.spec.classes;
  op.leading = layout.parameters.layers.back().padded_outputs;
  op.rows = layout.dataset[pass.split].rows;
  op.logits = pass.logits;
  op.bias = bias_of(layout, layout.weights, static_cast<int>(layout.spec.hidden.size()));
  op.labels = pass.y;
  op.state = pass.state;
  op.metrics = pass.metrics;
  return op;
}

/// Sets the fields of an operation of the output layer that concern the weighted loss. The operation uses
/// this loss only if the group's loss is weighted.
template <class OutputOp>
void set_objective(OutputOp& op, const GroupLayout& layout) {
  op.weighted = layout.spec.extras.weighted_loss;
  op.replica_state = layout.replica_state;
  op.class_weights = layout.class_weights;
}

WeightPenalty weight_penalty(const GroupLayout& layout, const Pass& pass);

Advance advance(const GroupLayout& layout, const Pass& pass);

/// Appends the operations that compute the logits from x. These logits do not include the bias of the output
/// layer, because the operation that reads them adds it.
void append_forward(Program& program, const GroupLayout& layout, const Pass& pass);

}  // namespace gpu_sweep
