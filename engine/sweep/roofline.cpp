#include "engine/sweep/roofline.h"

#include <algorithm>
#include <map>

#include "engine/lane/lane.h"
#include "engine/lane/profile.h"
#include "engine/program/builders.h"
#include "engine/program/group_layout.h"
#include "engine/program/operands.h"
#include "engine/program/unfused.h"

namespace gpu_sweep {
namespace {

/// Peak values from NVIDIA's data sheets, without sparsity. If a card has several form factors, they are
/// those of the SXM module.
constexpr Card kCards[] = {
    {"h200", 4.8e12, 67e12, 495e12, 990e12},
    {"h100", 3.35e12, 67e12, 495e12, 990e12},
    {"a100", 2.039e12, 19.5e12, 156e12, 312e12},
    {"l40s", 0.864e12, 91.6e12, 183e12, 362e12},
    {"rtx5090", 1.792e12, 104.8e12, 104.8e12, 209.5e12},
    {"rtx4090", 1.008e12, 82.6e12, 82.6e12, 165.2e12},
    {"rtx3090", 0.936e12, 35.6e12, 35.6e12, 71e12},
};

/// Returns the time that the arithmetic of a product takes, and 0 for all other operations.
double arithmetic_seconds(const Card& card, const Op& op) {
  const auto* gemm = std::get_if<Gemm>(&op);
  if (gemm == nullptr) return 0;
  const double narrow = gemm->math == MathMode::kTf32 ? card.tf32_flops : card.fp32_flops;
  return cost(op).flops / (gemm->input_type == DType::kBf16 ? card.bf16_flops : narrow);
}

class Sum {
 public:
  explicit Sum(const Card& card) : card_(card) {}

  void add(const Program& program, double times) {
    for (const Op& op : program.ops) {
      const OpCost each = cost(op);
      const std::vector<UnfusedPass> passes = unfused_passes(op);
      double unfused_bytes = 0;
      for (const UnfusedPass& pass : passes) unfused_bytes += static_cast<double>(pass.bytes);
      RooflineLine& line = lines_[profile_label(op)];
      line.calls += times;
      line.flops += times * each.flops;
      line.bytes += times * static_cast<double>(each.bytes);
      line.seconds += times * floor_seconds(card_, op);
      line.replica_calls += times * program.replicas;
      line.unfused_passes = static_cast<double>(passes.size());
      line.unfused_bytes += times * unfused_bytes;
      line.unfused_seconds +=
          times * std::max(unfused_bytes / card_.bytes_per_second, arithmetic_seconds(card_, op));
    }
  }

  Roofline result() const {
    Roofline total;
    for (const auto& [operation, line] : lines_) {
      total.lines.push_back(line);
      total.lines.back().operation = operation;
      total.flops += line.flops;
      total.bytes += line.bytes;
      total.seconds += line.seconds;
      total.unfused_bytes += line.unfused_bytes;
      total.unfused_seconds += line.unfused_seconds;
    }
    std::stable_sort(total.lines.begin(), total.lines.end(),
                     [](const RooflineLine& a, const RooflineLine& b) { return a.seconds > b.seconds; });
    return total;
  }

 private:
  const Card& card_;
  std::map<std::string, RooflineLine> lines_;
};

}  // namespace

std::optional<Card> find_card(const std::string& name) {
  for (const Card& card : kCards) {
    if (name == card.name) return card;
  }
  return std::nullopt;
}

std::vector<std::string> card_names() {
  std::vector<std::string> names;
  for (const Card& card : kCards) names.emplace_back(card.name);
  return names;
}

double floor_seconds(const Card& card, const Op& op) {
  return std::max(static_cast<double>(cost(op).bytes) / card.bytes_per_second, arithmetic_seconds(card, op));
}

Roofline roofline(const std::vector<GroupSpec>& groups, const DatasetLayout& dataset, const Card& card) {
  Sum sum(card);
  for (const GroupSpec& group : groups) {
    const GroupLayout layout =
        group_layout(group.shape, dataset, group.replicas, kCudaEvaluationBatch, group.shuffle, 256);
    const double epochs = group.epochs;
    sum.add(build_begin_epoch(layout), epochs);
    sum.add(build_train_step(layout), epochs * batches_of(dataset[Split::kTrain].rows, group.shape.batch));
    sum.add(build_evaluation_step(layout, Split::kValidation, false),
            epochs * batches_of(dataset[Split::kValidation].rows, kCudaEvaluationBatch));
  }
  return sum.result();
}

}  // namespace gpu_sweep
