#include "engine/program/builders.h"

#include "kernels/step_state.h"

namespace gpu_sweep {
namespace {

constexpr float kPixelScale =
    1.0f / 255.0f;  // raw pixels to [0, 1], as the alpha of the first layer's products

DType activation_type(const GroupLayout& layout) {
  return layout.spec.precision == Precision::kBf16 ? DType::kBf16 : DType::kF32;
}

/// The weights as the products read them.
Tensor product_weights(const GroupLayout& layout, std::int64_t element) {
  const bool bf16 = layout.spec.precision == Precision::kBf16;
  return parameter_tensor(bf16 ? layout.weights_bf16 : layout.weights, element, activation_type(layout));
}

Tensor bias_of(const GroupLayout& layout, const Tensor& vectors, int layer) {
  return parameter_tensor(vectors, layout.parameters.layers[layer].bias, DType::kF32);
}

Gemm product(const GroupLayout& layout, Product which, int layer, int batch) {
  const LayerLayout& l = layout.parameters.layers[layer];
  Gemm op;
  op.product = which;
  op.replicas = layout.replicas;
  op.batch = batch;
  op.inputs = l.padded_inputs;
  op.outputs = l.padded_outputs;
  op.alpha = layer == 0 ? kPixelScale : 1.0f;
  op.input_type = activation_type(layout);
  op.output_type = op.input_type;
  op.math = layout.spec.precision == Precision::kTf32 ? MathMode::kTf32 : MathMode::kFp32;
  return op;
}

/// What a forward pass works on: a training batch or a batch of an evaluation.
struct Pass {
  bool training;
  int batch;
  Tensor x, state, logits;
  const std::vector<Tensor>* activations;
};

void append_forward(Program& program, const GroupLayout& layout, const Pass& pass) {
  const int hidden = static_cast<int>(layout.spec.hidden.size());
  Tensor input = pass.x;
  for (int l = 0; l <= hidden; ++l) {
    const LayerLayout& shape = layout.parameters.layers[l];
    Gemm forward = product(layout, Product::kForward, l, pass.batch);
    forward.a = input;
    forward.b = product_weights(layout, shape.kernel);
    forward.c = l < hidden ? (*pass.activations)[l] : pass.logits;
    if (l == hidden) forward.output_type = DType::kF32;
    program.ops.push_back(forward);
    if (l == hidden) break;

    BiasActivationDropout activate;
    activate.replicas = layout.replicas;
    activate.batch = pass.batch;
    activate.width = shape.outputs;
    activate.leading = shape.padded_outputs;
    activate.layer = l;
    activate.activation = layout.spec.activation;
    activate.training = pass.training;
    activate.type = activation_type(layout);
    activate.bias = bias_of(layout, layout.weights, l);
    activate.z = forward.c;
    activate.replica_state = layout.replica_state;
    activate.state = pass.state;
    activate.a = forward.c;
    program.ops.push_back(activate);
    input = activate.a;
  }
}

void append_backward(Program& program, const GroupLayout& layout) {
  const int hidden = static_cast<int>(layout.spec.hidden.size());
  Tensor dz = layout.dlogits;
  for (int l = hidden; l >= 0; --l) {
    const LayerLayout& shape = layout.parameters.layers[l];
    Gemm weight_gradient = product(layout, Product::kWeightGradient, l, layout.spec.batch);
    weight_gradient.a = l > 0 ? layout.activations[l - 1] : layout.x;
    weight_gradient.b = dz;
    weight_gradient.c = parameter_tensor(layout.gradient, shape.kernel, DType::kF32);
    weight_gradient.output_type = DType::kF32;
    program.ops.push_back(weight_gradient);
    if (l == 0) break;

    Gemm input_gradient = product(layout, Product::kInputGradient, l, layout.spec.batch);
    input_gradient.a = dz;
    input_gradient.b = product_weights(layout, shape.kernel);
    input_gradient.c = layout.gradients[l - 1];
    program.ops.push_back(input_gradient);

    const LayerLayout& below = layout.parameters.layers[l - 1];
    ActivationBackward backward;
    backward.replicas = layout.replicas;
    backward.batch = layout.spec.batch;
    backward.width = below.outputs;
    backward.leading = below.padded_outputs;
    backward.layer = l - 1;
    backward.activation = layout.spec.activation;
    backward.type = activation_type(layout);
    backward.a = layout.activations[l - 1];
    backward.da = layout.gradients[l - 1];
    backward.replica_state = layout.replica_state;
    backward.state = layout.train_state;
    backward.dz = layout.gradients[l - 1];
    backward.bias_gradient = bias_of(layout, layout.gradient, l - 1);
    program.ops.push_back(backward);
    dz = backward.dz;
  }
}

template <class Update>
Update update_of_weights(const GroupLayout& layout) {
  Update update;
  update.replicas = layout.replicas;
  update.parameters = layout.parameters.parameters;
  update.bf16_copy = layout.spec.precision == Precision::kBf16;
  update.replica_state = layout.replica_state;
  update.gradient = layout.gradient;
  update.weights = layout.weights;
  update.weights_bf16 = layout.weights_bf16;
  return update;
}

Op optimiser_update(const GroupLayout& layout) {
  switch (layout.spec.optimiser) {
    case OptimiserKind::kAdam: {
      auto adam = update_of_weights<Adam>(layout);
      adam.m = layout.optimiser[0];
      adam.v = layout.optimiser[1];
      return adam;
    }
    case OptimiserKind::kSgd: {
      auto sgd = update_of_weights<Sgd>(layout);
      sgd.velocity = layout.optimiser[0];
      return sgd;
    }
    case OptimiserKind::kRmsProp:
      break;
  }
  auto rmsprop = update_of_weights<RmsProp>(layout);
  rmsprop.v = layout.optimiser[0];
  return rmsprop;
}

Program empty_program(const GroupLayout& layout, const char* name) {
  Program program;
  program.name = name;
  program.replicas = layout.replicas;
  program.dataset_bytes = layout.dataset.bytes;
  program.arena_bytes = layout.arena_bytes;
  auto resident = [&](const char* what, const Tensor& tensor, std::uint64_t bytes) {
    program.residents.push_back({what, tensor, bytes});
  };
  const auto parameters = static_cast<std::uint64_t>(layout.parameters.parameters);
  resident("dataset", {Space::kDataset, 0, 0}, layout.dataset.bytes);
  resident("train_state", layout.train_state, sizeof(StepState));
  resident("evaluation_state", layout.evaluation_state, sizeof(StepState));
  resident("replica_state", layout.replica_state, sizeof(ReplicaState));
  resident("train_metrics", layout.train_metrics, sizeof(Metrics));
  resident("evaluation_metrics", layout.evaluation_metrics, sizeof(Metrics));
  if (layout.shuffled) resident("order", layout.order, 4ull * layout.dataset[Set::kTrain].rows);
  resident("confusion", layout.confusion, 4ull * layout.spec.classes * layout.spec.classes);
  resident("weights", layout.weights, 4 * parameters);
  if (layout.spec.precision == Precision::kBf16) {
    resident("weights_bf16", layout.weights_bf16, 2 * parameters);
  }
  resident("optimiser_0", layout.optimiser[0], 4 * parameters);
  if (layout.spec.optimiser == OptimiserKind::kAdam) {
    resident("optimiser_1", layout.optimiser[1], 4 * parameters);
  }
  resident("gradient", layout.gradient, 4 * parameters);
  return program;
}

BeginPass begin_pass(const GroupLayout& layout, const Tensor& state, const Tensor& metrics) {
  BeginPass begin;
  begin.replicas = layout.replicas;
  begin.classes = layout.spec.classes;
  begin.state = state;
  begin.metrics = metrics;
  begin.confusion = layout.confusion;
  return begin;
}

GatherBatch gather(const GroupLayout& layout, Set set, int batch) {
  GatherBatch op;
  op.batch = batch;
  op.features = layout.dataset.features;
  op.leading = layout.parameters.layers.front().padded_inputs;
  op.rows = layout.dataset[set].rows;
  op.type = activation_type(layout);
  op.pixels = layout.dataset[set].pixels;
  op.labels = layout.dataset[set].labels;
  return op;
}

}  // namespace

Program build_begin_epoch(const GroupLayout& layout) {
  Program program = empty_program(layout, "begin_epoch");
  BeginPass begin = begin_pass(layout, layout.train_state, layout.train_metrics);
  begin.begins_epoch = true;
  program.ops.push_back(begin);
  if (layout.shuffled) {
    Shuffle shuffle;
    shuffle.replicas = layout.replicas;
    shuffle.rows = layout.dataset[Set::kTrain].rows;
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

  GatherBatch batch = gather(layout, Set::kTrain, layout.spec.batch);
  batch.replicas = layout.replicas;
  batch.shuffled = layout.shuffled;
  batch.order = layout.order;
  batch.state = layout.train_state;
  batch.x = layout.x;
  batch.y = layout.y;
  program.ops.push_back(batch);

  append_forward(program, layout,
                 {true, layout.spec.batch, layout.x, layout.train_state, layout.logits, &layout.activations});

  const int output_layer = static_cast<int>(layout.spec.hidden.size());
  SoftmaxCrossEntropy loss;
  loss.replicas = layout.replicas;
  loss.batch = layout.spec.batch;
  loss.classes = layout.spec.classes;
  loss.leading = layout.parameters.layers.back().padded_outputs;
  loss.rows = batch.rows;
  loss.type = activation_type(layout);
  loss.logits = layout.logits;
  loss.bias = bias_of(layout, layout.weights, output_layer);
  loss.labels = layout.y;
  loss.state = layout.train_state;
  loss.dlogits = layout.dlogits;
  loss.bias_gradient = bias_of(layout, layout.gradient, output_layer);
  loss.metrics = layout.train_metrics;
  program.ops.push_back(loss);

  append_backward(program, layout);
  program.ops.push_back(optimiser_update(layout));

  Advance advance;
  advance.replicas = layout.replicas;
  advance.batch = layout.spec.batch;
  advance.adam = layout.spec.optimiser == OptimiserKind::kAdam;
  advance.state = layout.train_state;
  advance.replica_state = layout.replica_state;
  program.ops.push_back(advance);
  return program;
}

Program build_begin_evaluation(const GroupLayout& layout, bool keep_classes) {
  Program program = empty_program(layout, "begin_evaluation");
  BeginPass begin = begin_pass(layout, layout.evaluation_state, layout.evaluation_metrics);
  begin.clear_confusion = keep_classes;
  program.ops.push_back(begin);
  return program;
}

Program build_evaluation_step(const GroupLayout& layout, Set set, bool keep_classes) {
  Program program = empty_program(layout, "evaluation_step");

  GatherBatch batch = gather(layout, set, layout.evaluation_batch);
  batch.replicas = 1;  // every replica sees the same rows
  batch.shuffled = false;
  batch.state = layout.evaluation_state;
  batch.x = layout.evaluation_x;
  batch.y = layout.evaluation_y;
  program.ops.push_back(batch);

  append_forward(program, layout,
                 {false, layout.evaluation_batch, layout.evaluation_x, layout.evaluation_state,
                  layout.evaluation_logits, &layout.evaluation_activations});

  EvaluateLogits evaluate;
  evaluate.replicas = layout.replicas;
  evaluate.batch = layout.evaluation_batch;
  evaluate.classes = layout.spec.classes;
  evaluate.leading = layout.parameters.layers.back().padded_outputs;
  evaluate.rows = batch.rows;
  evaluate.keep_classes = keep_classes;
  evaluate.logits = layout.evaluation_logits;
  evaluate.bias = bias_of(layout, layout.weights, static_cast<int>(layout.spec.hidden.size()));
  evaluate.labels = layout.evaluation_y;
  evaluate.state = layout.evaluation_state;
  evaluate.metrics = layout.evaluation_metrics;
  evaluate.confusion = layout.confusion;
  evaluate.predictions = layout.predictions;
  program.ops.push_back(evaluate);

  Advance advance;
  advance.replicas = layout.replicas;
  advance.batch = layout.evaluation_batch;
  advance.optimiser_step = false;
  advance.state = layout.evaluation_state;
  advance.replica_state = layout.replica_state;
  program.ops.push_back(advance);
  return program;
}

}  // namespace gpu_sweep
