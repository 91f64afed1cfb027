#include "engine/selftest/first_steps.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "engine/lane/cpu_lane.h"
#include "engine/selftest/checks.h"
#include "engine/selftest/workbench.h"
#include "kernels/step_state.h"

namespace gpu_sweep {
namespace {

constexpr int kSteps = 3;
constexpr int kReplicas = 2;

/// The first `rows` rows of each set.
Dataset first_rows(const Dataset& dataset, int rows) {
  Dataset cut;
  cut.height = dataset.height;
  cut.width = dataset.width;
  cut.classes = dataset.classes;
  for (const Set set : kAllSets) {
    const LabelledImages& all = dataset[set];
    LabelledImages& images = cut.sets[static_cast<std::size_t>(set)];
    images.rows = std::min(all.rows, rows);
    images.labels.assign(all.labels.begin(), all.labels.begin() + images.rows);
    const std::ptrdiff_t pixels = static_cast<std::ptrdiff_t>(images.rows) * dataset.features();
    images.pixels.assign(all.pixels.begin(), all.pixels.begin() + pixels);
  }
  return cut;
}

struct State {
  double loss;
  std::vector<float> gradient, weights;
};

std::vector<State> train(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  Workbench bench(lane, dataset, group, group.shape.batch);
  bench.train(kSteps);
  const GroupLayout& layout = bench.layout();
  const auto parameters = static_cast<std::size_t>(layout.parameters.parameters);
  std::vector<State> states;
  for (int r = 0; r < group.replicas; ++r) {
    const Metrics sums = bench.fetch<Metrics>(layout.train_metrics, 1, r).front();
    states.push_back({sums.loss_sum / static_cast<double>(sums.rows),
                      bench.fetch<float>(layout.gradient, parameters, r),
                      bench.fetch<float>(layout.weights, parameters, r)});
  }
  return states;
}

/// |a - b| / |b|, also where b is 0; NaN counts as infinitely far.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i]) - b[i], 2);
    norm += std::pow(static_cast<double>(b[i]), 2);
  }
  if (difference == 0) return 0;
  const double part = std::sqrt(difference / norm);
  return std::isfinite(part) ? part : HUGE_VAL;
}

}  // namespace

std::string FirstSteps::text() const {
  std::ostringstream text;
  text << std::setprecision(2) << "loss " << loss
       << (judges_gradient ? ", gradient " : ", gradient (not judged) ") << gradient << ", weights "
       << weights << ", allowed " << allowed;
  return text.str();
}

FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  const Dataset cut = first_rows(dataset, kSteps * group.shape.batch);
  GroupSpec two = group;
  two.replicas = kReplicas;
  two.runs.resize(1);
  ModelSpec& model = two.runs.front().model;
  model.optimiser = OptimiserSpec::with_defaults(model.optimiser.kind);
  two.runs.push_back(two.runs.front());
  ++two.runs.back().seed;
  GroupSpec on_cpu = two;
  on_cpu.shape.precision = Precision::kFp32;

  const std::vector<State> device = train(lane, cut, two);
  const std::vector<State> cpu = train(*make_cpu_lane(), cut, on_cpu);
  FirstSteps result;
  result.allowed = relative_tolerance(group.shape.precision);
  result.judges_gradient = group.shape.precision == Precision::kFp32;
  for (std::size_t r = 0; r < cpu.size(); ++r) {
    const double loss = std::fabs(device[r].loss / cpu[r].loss - 1);
    result.loss = std::fmax(result.loss, std::isfinite(loss) ? loss : HUGE_VAL);
    result.gradient = std::fmax(result.gradient, distance(device[r].gradient, cpu[r].gradient));
    result.weights = std::fmax(result.weights, distance(device[r].weights, cpu[r].weights));
  }
  return result;
}

}  // namespace gpu_sweep
