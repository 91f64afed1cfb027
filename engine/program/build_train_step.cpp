#include <algorithm>
#include <iterator>

#include "engine/program/builders.h"
#include "engine/program/layer_ops.h"

namespace gpu_sweep {
namespace {

void append_backward(Program& program, const GroupLayout& layout, const Pass& pass) {
  const int hidden = static_cast<int>(layout.spec.hidden.size());
  Tensor dz = layout.dlogits;
  for (int l = hidden; l >= 0; --l) {
    const LayerLayout& shape = layout.parameters.layers[l];
    Gemm weight_gradient = product(layout, Product::kWeightGradient, l, pass.batch);
    weight_gradient.a = l > 0 ? layout.activations[l - 1] : pass.x;
    weight_gradient.b = dz;
    weight_gradient.c = parameter_tensor(layout.gradient, shape.kernel, DType::kF32);
    weight_gradient.output_type = DType::kF32;
    program.ops.push_back(weight_gradient);
    if (l == 0) break;

    Gemm input_gradient = product(layout, Product::kInputGradient, l, pass.batch);
    input_gradient.a = dz;
    input_gradient.b = product_weights(layout, shape.kernel);
    input_gradient.c = layout.gradients[l - 1];
    program.ops.push_back(input_gradient);

    auto backward = hidden_op<ActivationBackward>(layout, pass, l - 1);
    backward.da = layout.gradients[l - 1];
    backward.dz = layout.gradients[l - 1];
    backward.bias_gradient = bias_of(layout, layout.gradient, l - 1);
    program.ops.push_back(backward);
    dz = backward.dz;
  }
}

GradientNorm gradient_norm(const GroupLayout& layout) {
  GradientNorm op;
  op.replicas = layout.replicas;
  op.parameters = layout.parameters.parameters;
  op.gradient = layout.gradient;
  op.replica_state = layout.replica_state;
  return op;
}

Update update(const GroupLayout& layout) {
  Update op;
  op.optimizer = layout.spec.optimizer;
  op.replicas = layout.replicas;
  op.parameters = layout.parameters.parameters;
  op.adjusted = layout.spec.extras.adjusted;
  op.bf16_copy = layout.spec.precision == Precision::kBf16;
  op.replica_state = layout.replica_state;
  op.gradient = layout.gradient;
  op.weights = layout.weights;
  std::copy(std::begin(layout.moments), std::end(layout.moments), op.moments);
  op.weights_bf16 = layout.weights_bf16;
  return op;
}

}  // namespace

Program build_begin_epoch(const GroupLayout& layout) {
  Program program = empty_program(layout, "begin_epoch");
  BeginPass begin = begin_pass(layout, training_pass(layout));
  begin.begins_epoch = true;
  program.ops.push_back(begin);
  if (layout.shuffled) {
    Shuffle shuffle;
    shuffle.replicas = layout.replicas;
    shuffle.rows = layout.dataset[Split::kTrain].rows;
    shuffle.scratch_bytes = layout.shuffle_scratch_bytes;
    shuffle.replica_state = layout.replica_state;
    shuffle.state = layout.train_state;
    shuffle.order = layout.order;
    shuffle.scratch = layout.shuffle_scratch;
    program.ops.push_back(shuffle);
  }
  return program;
}

Program build_train_step(const GroupLayout& layout) {
  Program program = empty_program(layout, "train_step");
  const Pass pass = training_pass(layout);
  GatherBatch batch = gather(layout, pass);
  batch.replicas = layout.replicas;
  batch.shuffled = layout.shuffled;
  batch.order = layout.order;
  program.ops.push_back(batch);
  append_forward(program, layout, pass);

  const int output_layer = static_cast<int>(layout.spec.hidden.size());
  auto loss = output_op<SoftmaxCrossEntropy>(layout, pass);
  loss.type = activation_type(layout);
  loss.dlogits = layout.dlogits;
  loss.bias_gradient = bias_of(layout, layout.gradient, output_layer);
  set_objective(loss, layout);
  program.ops.push_back(loss);
  if (layout.spec.extras.penalized) program.ops.push_back(weight_penalty(layout, pass));

  append_backward(program, layout, pass);
  if (layout.spec.extras.clips_norm) program.ops.push_back(gradient_norm(layout));
  program.ops.push_back(update(layout));
  program.ops.push_back(advance(layout, pass));
  return program;
}

}  // namespace gpu_sweep
