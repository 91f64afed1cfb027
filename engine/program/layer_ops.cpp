#include "engine/program/layer_ops.h"

#include "kernels/common/step_state.h"

namespace gpu_sweep {

DType activation_type(const GroupLayout& layout) {
  return layout.spec.precision == Precision::kBf16 ? DType::kBf16 : DType::kF32;
}

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
  op.alpha = layer == 0 ? layout.dataset.inputs.scale : 1.0f;
  op.input_type = activation_type(layout);
  op.output_type = op.input_type;
  op.math = layout.spec.precision == Precision::kTf32 ? MathMode::kTf32 : MathMode::kFp32;
  return op;
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
  if (layout.shuffled) resident("order", layout.order, 4ull * layout.dataset[Split::kTrain].rows);
  if (layout.dataset.pool() > 0) {
    resident("pool_rows", layout.pool_rows, 4 * static_cast<std::uint64_t>(layout.dataset.pool()));
  }
  resident("confusion", layout.confusion, 4ull * layout.spec.classes * layout.spec.classes);
  resident("weights", layout.weights, 4 * parameters);
  if (layout.spec.precision == Precision::kBf16) {
    resident("weights_bf16", layout.weights_bf16, 2 * parameters);
  }
  for (int i = 0; i < moment_count(layout.spec.optimizer); ++i) {
    resident(moment_name(layout.spec.optimizer, i), layout.moments[i], 4 * parameters);
  }
  resident("gradient", layout.gradient, 4 * parameters);
  if (layout.spec.extras.weighted_loss) {
    resident("class_weights", layout.class_weights, 4ull * layout.spec.classes);
  }
  return program;
}

Pass training_pass(const GroupLayout& layout) {
  return {
      true,          Split::kTrain,        layout.spec.batch,   layout.x,        layout.y, layout.train_state,
      layout.logits, layout.train_metrics, &layout.activations, &layout.products};
}

Pass evaluation_pass(const GroupLayout& layout, Split split) {
  Tensor x = layout.evaluation_x;
  Tensor y = layout.evaluation_y;
  if (layout.dataset[split].pool == 0) x.replica_stride = y.replica_stride = 0;  // replicas share the rows
  return {false,
          split,
          layout.evaluation_batch,
          x,
          y,
          layout.evaluation_state,
          layout.evaluation_logits,
          layout.evaluation_metrics,
          &layout.evaluation_activations,
          &layout.evaluation_activations};
}

BeginPass begin_pass(const GroupLayout& layout, const Pass& pass) {
  BeginPass begin;
  begin.replicas = layout.replicas;
  begin.classes = layout.spec.classes;
  begin.state = pass.state;
  begin.metrics = pass.metrics;
  begin.confusion = layout.confusion;
  return begin;
}

GatherBatch gather(const GroupLayout& layout, const Pass& pass) {
  const SplitLayout& rows = layout.dataset[pass.split];
  GatherBatch op;
  op.batch = pass.batch;
  op.features = layout.dataset.features;
  op.leading = layout.parameters.layers.front().padded_inputs;
  op.rows = rows.rows;
  op.pool = rows.pool;
  op.first = rows.first;
  op.shuffled = false;
  op.type = activation_type(layout);
  op.input_type = layout.dataset.inputs.type;
  op.pixels = rows.pixels;
  op.labels = rows.labels;
  op.pool_rows = layout.pool_rows;
  op.state = pass.state;
  op.x = pass.x;
  op.y = pass.y;
  return op;
}

Advance advance(const GroupLayout& layout, const Pass& pass) {
  Advance op;
  op.replicas = layout.replicas;
  op.batch = pass.batch;
  op.optimizer_step = pass.training;
  op.scheduled = pass.training && layout.spec.extras.scheduled;
  op.optimizer = layout.spec.optimizer;
  op.state = pass.state;
  op.replica_state = layout.replica_state;
  return op;
}

WeightPenalty weight_penalty(const GroupLayout& layout, const Pass& pass) {
  WeightPenalty op;
  op.replicas = layout.replicas;
  op.batch = pass.batch;
  op.rows = layout.dataset[pass.split].rows;
  op.parameters = layout.parameters.parameters;
  op.weights = layout.weights;
  op.state = pass.state;
  op.replica_state = layout.replica_state;
  op.metrics = pass.metrics;
  return op;
}

void append_forward(Program& program, const GroupLayout& layout, const Pass& pass) {
  const int hidden = static_cast<int>(layout.spec.hidden.size());
  Tensor input = pass.x;
  for (int l = 0; l <= hidden; ++l) {
    const LayerLayout& shape = layout.parameters.layers[l];
    Gemm forward = product(layout, Product::kForward, l, pass.batch);
    forward.a = input;
    forward.b = product_weights(layout, shape.kernel);
    forward.c = l < hidden ? (*pass.products)[l] : pass.logits;
    if (l == hidden) forward.output_type = DType::kF32;
    program.ops.push_back(forward);
    if (l == hidden) break;

    auto activate = hidden_op<BiasActivationDropout>(layout, pass, l);
    activate.training = pass.training;
    program.ops.push_back(activate);
    input = activate.a;
  }
}

}  // namespace gpu_sweep
