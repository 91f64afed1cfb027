#include "engine/selftest/first_steps.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include "engine/lane/cpu/lane.h"
#include "engine/selftest/trial.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {
namespace {

constexpr int kFirstSteps = 3;

double first_steps_tolerance(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return 2e-5;
    case Precision::kTf32:
      return 1e-2;
    case Precision::kBf16:
      break;
  }
  return 3e-2;
}

struct State {
  double loss;
  std::vector<float> gradient, weights;
};

/// Compares by value: +0 equals -0, and a NaN equals nothing.
bool alike(const State& a, const State& b) {
  return a.loss == b.loss && a.gradient == b.gradient && a.weights == b.weights;
}

State state(Trial& trial, int r) {
  const GroupLayout& layout = trial.layout();
  const auto parameters = static_cast<std::size_t>(layout.parameters.parameters);
  const Metrics sums = trial.fetch<Metrics>(layout.train_metrics, 1, r).front();
  return {sums.loss_sum / static_cast<double>(sums.rows), trial.fetch<float>(layout.gradient, parameters, r),
          trial.fetch<float>(layout.weights, parameters, r)};
}

void train(Trial& trial) {
  const CompiledProgram begin = trial.compile(build_begin_epoch(trial.layout()));
  const CompiledProgram step = trial.compile(build_train_step(trial.layout()));
  trial.start();
  for (int i = 0; i < kFirstSteps; ++i) {
    if (i % trial.steps_per_epoch() == 0) trial.run(begin);
    trial.run(step);
  }
  trial.wait();
}

/// Returns |a - b| / |b|. Returns 0 if a equals b, and infinity if the quotient is not finite.
double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double apart = static_cast<double>(a[i]) - b[i];
    difference += apart * apart;
    norm += static_cast<double>(b[i]) * b[i];
  }
  if (difference == 0) return 0;
  const double part = std::sqrt(difference / norm);
  return std::isfinite(part) ? part : HUGE_VAL;
}

}  // namespace

std::string FirstSteps::text() const {
  std::ostringstream text;
  text << std::setprecision(2) << "loss " << loss << ", gradient " << gradient << ", weights " << weights
       << ", allowed " << allowed;
  return text.str();
}

std::vector<Margin> FirstSteps::margins() const {
  return {{"loss", loss, allowed},
          {"gradient", gradient, allowed},
          {"weights", weights, allowed},
          {"replicas unlike the first of their seed", static_cast<double>(unlike), {}}};
}

FirstSteps compare_first_steps(Lane& lane, const Dataset& dataset, const GroupSpec& group) {
  const GroupSpec smooth = smooth_trial_of(group);
  const Dataset rows = trial_rows(dataset, group.shape.batch, kFirstSteps);
  GroupSpec on_cpu = smooth;
  on_cpu.shape.precision = Precision::kFp32;
  on_cpu.replicas = std::min(smooth.replicas, 2);
  on_cpu.runs.resize(static_cast<std::size_t>(on_cpu.replicas));

  const auto cpu_lane = make_cpu_lane();
  Trial cpu(*cpu_lane, rows, on_cpu);
  train(cpu);
  Trial device(lane, rows, smooth);
  train(device);

  FirstSteps result;
  result.allowed = first_steps_tolerance(group.shape.precision);
  std::vector<State> expected, first;
  for (int r = 0; r < smooth.replicas; ++r) {
    const auto seed = static_cast<std::size_t>(r % 2);
    State own = state(device, r);
    if (r < 2) expected.push_back(state(cpu, r));
    if (r >= 2 && alike(own, first[seed])) continue;  // its distance from the CPU is known already
    result.unlike += r >= 2;
    const double loss = std::fabs(own.loss / expected[seed].loss - 1);
    result.loss = std::fmax(result.loss, std::isfinite(loss) ? loss : HUGE_VAL);
    result.gradient = std::fmax(result.gradient, distance(own.gradient, expected[seed].gradient));
    result.weights = std::fmax(result.weights, distance(own.weights, expected[seed].weights));
    if (r < 2) first.push_back(std::move(own));
  }
  return result;
}

}  // namespace gpu_sweep
