#include "engine/program/operands.h"
#include "engine/program/program.h"

namespace gpu_sweep {
namespace {

struct Name {
  const char* operator()(const BeginPass&) { return "begin_pass"; }
  const char* operator()(const Shuffle&) { return "shuffle"; }
  const char* operator()(const GatherBatch&) { return "gather_batch"; }
  const char* operator()(const Gemm& op) {
    switch (op.product) {
      case Product::kForward:
        return "gemm_forward";
      case Product::kWeightGradient:
        return "gemm_weight_gradient";
      case Product::kInputGradient:
        return "gemm_input_gradient";
    }
    return "gemm";
  }
  const char* operator()(const BiasActivationDropout&) { return "bias_activation_dropout"; }
  const char* operator()(const SoftmaxCrossEntropy&) { return "softmax_cross_entropy"; }
  const char* operator()(const ActivationBackward&) { return "activation_backward"; }
  const char* operator()(const GradientNorm&) { return "gradient_norm"; }
  const char* operator()(const Update& op) { return to_string(op.optimizer); }
  const char* operator()(const Advance&) { return "advance"; }
  const char* operator()(const EvaluateLogits&) { return "evaluate_logits"; }
  const char* operator()(const WeightPenalty&) { return "weight_penalty"; }
};

std::string to_string(const Operand& operand) {
  const char* arrow = operand.access == Access::kRead ? "" : operand.access == Access::kWrite ? "=" : "+=";
  std::string text = operand.name;
  text += arrow;
  text += operand.tensor.space == Space::kDataset ? " data+" : " arena+";
  text += std::to_string(operand.tensor.offset);
  if (operand.replicas > 1) text += "(" + std::to_string(operand.tensor.replica_stride) + ")";
  return text + "[" + std::to_string(operand.bytes) + "]";
}

std::string dimensions(std::initializer_list<std::int64_t> sizes) {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

}  // namespace

const char* name(const Op& op) { return std::visit(Name{}, op); }

std::string profile_label(const Op& op) {
  const std::string shape = std::visit(
      [](const auto& record) -> std::string {
        if constexpr (requires { record.inputs; })
          return dimensions({record.batch, record.inputs, record.outputs});
        if constexpr (requires { record.features; }) return dimensions({record.batch, record.features});
        if constexpr (requires { record.width; }) return dimensions({record.batch, record.width});
        if constexpr (requires { record.parameters; }) return dimensions({record.parameters});
        if constexpr (requires {
                        record.batch;
                        record.classes;
                      })
          return dimensions({record.batch, record.classes});
        if constexpr (requires { record.rows; }) return dimensions({record.rows});
        return "";
      },
      op);
  return std::string(name(op)) + (shape.empty() ? "" : " " + shape);
}

std::string to_string(const Program& program) {
  std::string text = program.name + ": " + std::to_string(program.replicas) + " replicas, arena of " +
                     std::to_string(program.arena_bytes) + " bytes\n";
  for (const Op& op : program.ops) {
    text += std::string("  ") + name(op);
    for (const Operand& operand : operands(op)) text += "  " + to_string(operand);
    text += '\n';
  }
  return text;
}

}  // namespace gpu_sweep
