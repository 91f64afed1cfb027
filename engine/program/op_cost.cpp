#include "engine/program/op_cost.h"

#include <string_view>

#include "engine/program/operands.h"

namespace gpu_sweep {
namespace {

/// Returns the bytes of one replica's operand that the operation touches.
std::uint64_t touched_bytes(const Op& op, const Operand& operand) {
  const std::string_view field = operand.name;
  if (const auto* gather = std::get_if<GatherBatch>(&op)) {
    const auto batch = static_cast<std::uint64_t>(gather->batch);
    if (field == "pixels") {
      return batch * static_cast<std::uint64_t>(gather->features) * size_of(gather->input_type);
    }
    if (field == "labels") return batch;
    if (field == "order") return 4 * batch;
  }
  if (const auto* evaluate = std::get_if<EvaluateLogits>(&op)) {
    if (field == "predictions") return static_cast<std::uint64_t>(evaluate->batch);
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
    // Even if replicas share the data set, each reads its own rows of it.
    const bool sampled = gather && operand.tensor.space == Space::kDataset;
    const auto replicas =
        static_cast<std::uint64_t>(sampled ? std::get<GatherBatch>(op).replicas : operand.replicas);
    sum.bytes += replicas * touched_bytes(op, operand) * (operand.access == Access::kUpdate ? 2 : 1);
  }
  return sum;
}

}  // namespace gpu_sweep
