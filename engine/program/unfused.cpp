#include "engine/program/unfused.h"

#include "engine/program/operands.h"
#include "kernels/optimizer/optimizer_math.h"

namespace gpu_sweep {
namespace {

using std::uint64_t;
using Passes = std::vector<UnfusedPass>;

/// Computes the passes for one replica.
struct Unfused {
  static uint64_t matrix(int rows, int columns, DType type) {
    return static_cast<uint64_t>(rows) * static_cast<uint64_t>(columns) * size_of(type);
  }

  Passes operator()(const GatherBatch& op) const {
    const uint64_t floats = matrix(op.batch, op.leading, DType::kF32);
    const uint64_t indices = op.pool > 0 ? 10 : 6;  // bytes of index, index into pool, label in and out
    Passes passes = {{"take rows of floats", 2 * floats + indices * op.batch}};
    if (op.type == DType::kBf16) passes.push_back({"round to bf16", floats + floats / 2});
    return passes;
  }
  Passes operator()(const BiasActivationDropout& op) const {
    const uint64_t a = matrix(op.batch, op.leading, op.type);
    const uint64_t mask = static_cast<uint64_t>(op.batch) * op.leading;
    Passes passes = {{"add bias", 2 * a + 4ull * op.width}, {"activation", 2 * a}};
    if (op.training) passes.push_back({"dropout", 2 * a + mask});
    return passes;
  }
  Passes operator()(const ActivationBackward& op) const {
    const uint64_t a = matrix(op.batch, op.leading, op.type);
    const uint64_t mask = static_cast<uint64_t>(op.batch) * op.leading;
    return {{"dropout backward", 2 * a + mask},
            {"activation backward", 3 * a},
            {"bias gradient", a + 4ull * op.leading}};
  }
  Passes operator()(const SoftmaxCrossEntropy& op) const {
    const uint64_t logits = matrix(op.batch, op.leading, DType::kF32);
    const uint64_t gradient = matrix(op.batch, op.leading, op.type);
    const uint64_t labels = op.batch;
    return {{"add bias", 2 * logits + 4ull * op.leading}, {"log-softmax", 2 * logits},
            {"loss of the labels", 4 * labels + labels},  {"argmax and hits", logits + labels},
            {"gradient", logits + labels + gradient},     {"bias gradient", gradient + 4ull * op.leading}};
  }
  Passes operator()(const EvaluateLogits& op) const {
    const uint64_t logits = matrix(op.batch, op.leading, DType::kF32);
    const uint64_t labels = op.batch;
    return {{"add bias", 2 * logits + 4ull * op.leading},
            {"log-softmax", 2 * logits},
            {"loss of the labels", 4 * labels + labels},
            {"argmax and hits", logits + labels}};
  }
  Passes operator()(const Update& op) const {
    const uint64_t bytes = 4 * static_cast<uint64_t>(op.parameters);  // of one fp32 vector
    Passes passes;
    if (op.adjusted)
      passes = {{"clip g", 2 * bytes}, {"g += l2 w", 3 * bytes}, {"w *= 1 - lr weight_decay", 2 * bytes}};
    with_optimizer(op.optimizer, [&]<OptimizerKind kOptimizer>() {
      for (const TensorPass& pass : RuleOf<kOptimizer>::type::kPasses) {
        passes.push_back({pass.name, bytes * static_cast<uint64_t>(pass.tensors)});
      }
    });
    if (op.bf16_copy) passes.push_back({"round to bf16", bytes + bytes / 2});
    return passes;
  }
};

}  // namespace

std::vector<UnfusedPass> unfused_passes(const Op& op) {
  return std::visit(
      [&](const auto& record) -> Passes {
        if constexpr (requires { Unfused{}(record); }) {
          Passes passes = Unfused{}(record);
          for (UnfusedPass& pass : passes) pass.bytes *= static_cast<uint64_t>(record.replicas);
          return passes;
        } else {
          return {{name(op), cost(op).bytes}};
        }
      },
      op);
}

}  // namespace gpu_sweep
