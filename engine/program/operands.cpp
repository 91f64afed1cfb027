#include "engine/program/operands.h"

#include <string_view>

#include "kernels/activation/activation_properties.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {
namespace {

using std::uint64_t;

uint64_t product(uint64_t a, uint64_t b, uint64_t c = 1) { return a * b * c; }

struct Collector {
  std::vector<Operand> operands;

  void add(const char* name, const Tensor& tensor, uint64_t bytes, int replicas, Access access,
           int alignment = 16) {
    operands.push_back({name, tensor, bytes,
                        tensor.replica_stride == 0 && access == Access::kRead ? 1 : replicas, access,
                        alignment});
  }
  void reads(const char* name, const Tensor& tensor, uint64_t bytes, int replicas, int alignment = 16) {
    add(name, tensor, bytes, replicas, Access::kRead, alignment);
  }
  void writes(const char* name, const Tensor& tensor, uint64_t bytes, int replicas, int alignment = 16) {
    add(name, tensor, bytes, replicas, Access::kWrite, alignment);
  }
  void updates(const char* name, const Tensor& tensor, uint64_t bytes, int replicas, int alignment = 16) {
    add(name, tensor, bytes, replicas, Access::kUpdate, alignment);
  }
  void reads_state(const Tensor& state) { reads("state", state, sizeof(StepState), 1); }
  void reads_replica_state(const Tensor& state, int replicas) {
    reads("replica_state", state, sizeof(ReplicaState), replicas, alignof(ReplicaState));
  }

  void operator()(const BeginPass& op) {
    updates("state", op.state, sizeof(StepState), 1);
    writes("metrics", op.metrics, sizeof(Metrics), op.replicas, alignof(Metrics));
    if (op.clear_confusion)
      writes("confusion", op.confusion, product(4, op.classes, op.classes), op.replicas);
  }
  void operator()(const Shuffle& op) {
    reads_replica_state(op.replica_state, op.replicas);
    reads_state(op.state);
    writes("order", op.order, product(4, op.rows), op.replicas);
    writes("scratch", op.scratch, op.scratch_bytes, 1);
  }
  void operator()(const GatherBatch& op) {
    const uint64_t source_rows = op.pool > 0 ? op.pool : op.rows;
    reads("pixels", op.pixels, product(source_rows, op.features, size_of(op.input_type)), op.replicas);
    reads("labels", op.labels, source_rows, op.replicas);
    if (op.pool > 0) reads("pool_rows", op.pool_rows, product(4, op.pool), op.replicas);
    if (op.shuffled) reads("order", op.order, product(4, op.rows), op.replicas);
    reads_state(op.state);
    writes("x", op.x, product(op.batch, op.leading, size_of(op.type)), op.replicas);
    writes("y", op.y, op.batch, op.replicas);
  }
  void operator()(const Gemm& op) {
    const uint64_t x = product(op.batch, op.inputs), w = product(op.inputs, op.outputs),
                   z = product(op.batch, op.outputs);
    const bool forward = op.product == Product::kForward;
    const bool weights = op.product == Product::kWeightGradient;
    const uint64_t in = size_of(op.input_type);
    reads("a", op.a, in * (forward || weights ? x : z), op.replicas);
    reads("b", op.b, in * (weights ? z : w), op.replicas);
    writes("c", op.c, size_of(op.output_type) * (forward ? z : weights ? w : x), op.replicas);
  }
  void operator()(const BiasActivationDropout& op) {
    const uint64_t matrix = product(op.batch, op.leading, size_of(op.type));
    reads("bias", op.bias, product(4, op.width), op.replicas);
    reads("z", op.z, matrix, op.replicas);
    if (op.training) reads_replica_state(op.replica_state, op.replicas);
    if (op.training) reads_state(op.state);
    writes("a", op.a, matrix, op.replicas);
  }
  void operator()(const SoftmaxCrossEntropy& op) {
    reads("logits", op.logits, product(op.batch, op.leading, 4), op.replicas);
    reads("bias", op.bias, product(4, op.leading), op.replicas);
    reads("labels", op.labels, op.batch, op.replicas);
    reads_state(op.state);
    if (op.weighted) {
      reads_replica_state(op.replica_state, op.replicas);
      reads("class_weights", op.class_weights, product(4, op.classes), op.replicas);
    }
    writes("dlogits", op.dlogits, product(op.batch, op.leading, size_of(op.type)), op.replicas);
    writes("bias_gradient", op.bias_gradient, product(4, op.leading), op.replicas);
    updates("metrics", op.metrics, sizeof(Metrics), op.replicas, alignof(Metrics));
  }
  void operator()(const ActivationBackward& op) {
    const uint64_t matrix = product(op.batch, op.leading, size_of(op.type));
    if (needs_input(op.activation)) {
      reads("z", op.z, matrix, op.replicas);
      reads("bias", op.bias, product(4, op.width), op.replicas);
    } else {
      reads("a", op.a, matrix, op.replicas);
    }
    reads("da", op.da, matrix, op.replicas);
    reads_replica_state(op.replica_state, op.replicas);
    reads_state(op.state);
    writes("dz", op.dz, matrix, op.replicas);
    writes("bias_gradient", op.bias_gradient, product(4, op.leading), op.replicas);
  }
  void operator()(const GradientNorm& op) {
    reads("gradient", op.gradient, product(4, op.parameters), op.replicas);
    updates("replica_state", op.replica_state, sizeof(ReplicaState), op.replicas, alignof(ReplicaState));
  }
  void operator()(const Update& op) {
    reads_replica_state(op.replica_state, op.replicas);
    reads("gradient", op.gradient, product(4, op.parameters), op.replicas);
    updates("weights", op.weights, product(4, op.parameters), op.replicas);
    if (op.bf16_copy) writes("weights_bf16", op.weights_bf16, product(2, op.parameters), op.replicas);
    for (int i = 0; i < moment_count(op.optimizer); ++i) {
      updates(moment_name(op.optimizer, i), op.moments[i], product(4, op.parameters), op.replicas);
    }
  }
  void operator()(const Advance& op) {
    updates("state", op.state, sizeof(StepState), 1);
    if (op.optimizer_step) {
      updates("replica_state", op.replica_state, sizeof(ReplicaState), op.replicas, alignof(ReplicaState));
    }
  }
  void operator()(const EvaluateLogits& op) {
    reads("logits", op.logits, product(op.batch, op.leading, 4), op.replicas);
    reads("bias", op.bias, product(4, op.leading), op.replicas);
    reads("labels", op.labels, op.batch, op.replicas);
    reads_state(op.state);
    if (op.weighted) {
      reads_replica_state(op.replica_state, op.replicas);
      reads("class_weights", op.class_weights, product(4, op.classes), op.replicas);
    }
    updates("metrics", op.metrics, sizeof(Metrics), op.replicas, alignof(Metrics));
    if (op.keep_classes) {
      updates("confusion", op.confusion, product(4, op.classes, op.classes), op.replicas);
      writes("predictions", op.predictions, op.rows, op.replicas);
    }
    if (op.keep_probabilities) {
      writes("probabilities", op.probabilities, product(op.rows, op.classes, 2), op.replicas);
    }
  }
  void operator()(const WeightPenalty& op) {
    reads("weights", op.weights, product(4, op.parameters), op.replicas);
    reads_state(op.state);
    reads_replica_state(op.replica_state, op.replicas);
    updates("metrics", op.metrics, sizeof(Metrics), op.replicas, alignof(Metrics));
  }
};

}  // namespace

std::vector<Operand> operands(const Op& op) {
  Collector collector;
  std::visit(collector, op);
  return std::move(collector.operands);
}

namespace {

/// Returns how many bytes of an operand the operation reads or writes for one replica.
std::uint64_t touched_bytes(const Op& op, const Operand& operand) {
  const std::string_view field = operand.name;
  if (const auto* gather = std::get_if<GatherBatch>(&op)) {
    const auto batch = static_cast<std::uint64_t>(gather->batch);
    if (field == "pixels") {
      return batch * static_cast<std::uint64_t>(gather->features) * size_of(gather->input_type);
    }
    if (field == "labels") return batch;
    if (field == "order" || field == "pool_rows") return 4 * batch;
  }
  if (const auto* evaluate = std::get_if<EvaluateLogits>(&op)) {
    const auto batch = static_cast<std::uint64_t>(evaluate->batch);
    if (field == "predictions") return batch;
    if (field == "probabilities") return product(batch, evaluate->classes, 2);
  }
  return operand.bytes;
}

}  // namespace

OpCost cost(const Op& op) {
  OpCost sum;
  if (const auto* gemm = std::get_if<Gemm>(&op)) {
    sum.flops = 2.0 * gemm->replicas * gemm->batch * gemm->inputs * gemm->outputs;
  }
  const bool gather = std::holds_alternative<GatherBatch>(op);
  for (const Operand& operand : operands(op)) {
    // The data set is shared by the replicas, but each replica reads its own rows of it.
    const bool sampled = gather && operand.tensor.space == Space::kDataset;
    const auto replicas =
        static_cast<std::uint64_t>(sampled ? std::get<GatherBatch>(op).replicas : operand.replicas);
    sum.bytes += replicas * touched_bytes(op, operand) * (operand.access == Access::kUpdate ? 2 : 1);
  }
  return sum;
}

}  // namespace gpu_sweep
