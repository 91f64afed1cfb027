// What the programs of training and of evaluation share. Private to the builders (builders.h).
#pragma once

#include <vector>

#include "engine/program/group_layout.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Element type of inputs, activations and their gradients.
DType activation_type(const GroupLayout& layout);

/// The parameters from `element` on, as the products read them: bf16 copies in bf16 precision.
Tensor product_weights(const GroupLayout& layout, std::int64_t element);

/// The bias of a layer in `vectors`, which is shaped like the weights.
Tensor bias_of(const GroupLayout& layout, const Tensor& vectors, int layer);

/// A product of a layer; the caller sets its tensors. Products of the first layer scale raw pixels to [0, 1].
Gemm product(const GroupLayout& layout, Product which, int layer, int batch);

/// No operations yet; residents are what lives in the arena from step to step, and the data set.
Program empty_program(const GroupLayout& layout, const char* name);

BeginPass begin_pass(const GroupLayout& layout, const Tensor& state, const Tensor& metrics);

/// Rows of `set`; the caller sets replicas, order, state, x and y.
GatherBatch gather(const GroupLayout& layout, Set set, int batch);

/// What a forward pass works on: a training batch or a batch of an evaluation.
struct Pass {
  bool training;
  int batch;
  Tensor x, state, logits;
  const std::vector<Tensor>* activations;
};

/// From x to the logits without the output layer's bias, which the loss adds.
void append_forward(Program& program, const GroupLayout& layout, const Pass& pass);

}  // namespace gpu_sweep
