#include "engine/sweep/cost.h"

#include <cstddef>
#include <utility>

namespace gpu_sweep {
namespace {

/// Multiply-adds per sample: in the forward products of all layers, and in that of the first layer.
struct Products {
  double all = 0;
  double first = 0;
};

Products products(const MlpSpec& shape) {
  Products result;
  double inputs = shape.features;
  for (std::size_t layer = 0; layer <= shape.hidden.size(); ++layer) {
    const double outputs = layer < shape.hidden.size() ? shape.hidden[layer] : shape.classes;
    result.all += inputs * outputs;
    if (layer == 0) result.first = inputs * outputs;
    inputs = outputs;
  }
  return result;
}

}  // namespace

SplitRows rows_of_splits(const Dataset& dataset) {
  SplitRows rows{};
  for (const Split split : kBasicSplits) rows[index_of(split)] = dataset[split].rows;
  return rows;
}

double training_flops(const MlpSpec& shape, std::int64_t rows) {
  const Products p = products(shape);
  return 2 * static_cast<double>(rows) * (3 * p.all - p.first);
}

double evaluation_flops(const MlpSpec& shape, std::int64_t rows) {
  return 2 * static_cast<double>(rows) * products(shape).all;
}

double epoch_flops(const MlpSpec& shape, const SplitRows& rows) {
  return training_flops(shape, rows[0]) + evaluation_flops(shape, rows[1]);
}

double run_flops(const MlpSpec& shape, const SplitRows& rows, int epochs) {
  const double untrained = evaluation_flops(shape, rows[0] + rows[1]);
  const double finished = evaluation_flops(shape, rows[0] + rows[1] + rows[2]);
  return untrained + epochs * epoch_flops(shape, rows) + finished;
}

double group_flops(const GroupSpec& group, const SplitRows& rows) {
  return group.replicas * run_flops(group.shape, rows, group.epochs);
}

WorkLeft::WorkLeft(const std::vector<GroupSpec>& groups, const SplitRows& rows) {
  for (const GroupSpec& group : groups) {
    const Epochs epochs{epoch_flops(group.shape, rows), group.epochs - group.epochs_done};
    for (const RunSpec& run : group.runs) {
      runs_[{run.model.name, run.seed}] = epochs;
      total_ += epochs.left * epochs.flops;
    }
  }
}

double WorkLeft::epoch_done(const GroupSpec& group) {
  double flops = 0;
  for (const RunSpec& run : group.runs) {
    Epochs& epochs = runs_.at({run.model.name, run.seed});
    if (epochs.left == 0) continue;
    --epochs.left;
    flops += epochs.flops;
  }
  return flops;
}

double WorkLeft::run_ended(const RunRecord& run) {
  Epochs& epochs = runs_.at({run.model, run.seed});
  return std::exchange(epochs.left, 0) * epochs.flops;
}

std::size_t count_runs(const std::vector<GroupSpec>& groups) {
  std::size_t runs = 0;
  for (const GroupSpec& group : groups) runs += group.runs.size();
  return runs;
}

}  // namespace gpu_sweep
