#include "tests/selftest/losses_and_weights.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/workbench.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep::test {
namespace {

constexpr int kSteps = 3;

struct State {
  double loss;
  std::vector<float> gradient, weights;
};

State train(Lane& lane, const Dataset& dataset, const GroupSpec& group, int r) {
  Workbench bench(lane, dataset, group, group.shape.batch);
  bench.train(kSteps);
  const GroupLayout& layout = bench.layout();
  const auto parameters = static_cast<std::size_t>(layout.parameters.parameters);
  const Metrics sums = bench.fetch<Metrics>(layout.train_metrics, 1, r).front();
  return {sums.loss_sum / static_cast<double>(sums.rows), bench.fetch<float>(layout.gradient, parameters, r),
          bench.fetch<float>(layout.weights, parameters, r)};
}

/// Returns whether the 2-norm of a - b is at most `part` of that of b. Returns false if a or b has a NaN.
bool close(const std::vector<float>& a, const std::vector<float>& b, double part) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - b[i], 2);
    norm += std::pow(static_cast<double>(b[i]), 2);
  }
  return difference <= part * part * norm;
}

double allowed(Precision precision) {
  return precision == Precision::kFp32 ? 1e-3 : precision == Precision::kTf32 ? 1e-2 : 3e-2;
}

}  // namespace

bool losses_and_weights_agree(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  GroupSpec two = group;
  two.replicas = 2;
  two.runs.resize(1);
  ModelSpec& model = two.runs.front().model;
  model.optimizer = OptimizerSpec::with_defaults(model.optimizer.kind);
  two.runs.push_back(two.runs.front());
  ++two.runs.back().seed;
  GroupSpec on_cpu = two;
  on_cpu.shape.precision = Precision::kFp32;
  const auto cpu_lane = make_cpu_lane();
  const double part = allowed(group.shape.precision);
  for (int r = 0; r < two.replicas; ++r) {
    const State device = train(lane, dataset, two, r), cpu = train(*cpu_lane, dataset, on_cpu, r);
    if (!(std::fabs(device.loss / cpu.loss - 1) <= part)) return false;
    if (!close(device.weights, cpu.weights, part)) return false;
    if (group.shape.precision == Precision::kFp32 && !close(device.gradient, cpu.gradient, part))
      return false;
  }
  return true;
}

}  // namespace gpu_sweep::test
