#include "engine/train/group_snapshots.h"

#include <stdexcept>

#include "engine/model/parameter_layout.h"
#include "engine/train/initial_state.h"

namespace gpu_sweep {
namespace {

std::size_t optimizer_vectors(const GroupLayout& layout) {
  return static_cast<std::size_t>(moment_count(layout.spec.optimizer));
}

void check(const GroupLayout& layout, const GroupSpec& group, std::span<const Snapshot> snapshots) {
  const auto parameters = static_cast<std::size_t>(layout.parameters.parameters);
  if (snapshots.size() != group.runs.size()) throw std::invalid_argument("a run has no snapshot");
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    const Snapshot& snapshot = snapshots[i];
    bool fits = snapshot.key == group.runs[i].key && snapshot.weights.size() == parameters &&
                snapshot.optimizer.size() == optimizer_vectors(layout) &&
                snapshot.learning_rate.has_value() == layout.spec.extras.scheduled &&
                snapshot.history.size() == snapshots[0].history.size() && snapshot.step == snapshots[0].step;
    fits = fits && (snapshot.objective.empty() || (step_extras(group.runs[i].model).has_objective() &&
                                                   snapshot.objective.size() == snapshot.history.size()));
    fits = fits && (snapshot.best_weights.empty() ||
                    (layout.spec.extras.keeps_best && snapshot.best_weights.size() == parameters));
    for (const auto& vector : snapshot.optimizer) fits = fits && vector.size() == parameters;
    if (!fits) throw std::invalid_argument("a snapshot does not fit its run or its group");
  }
}

}  // namespace

std::uint64_t snapshot_bytes(const GroupLayout& layout) {
  const std::uint64_t vectors = 1 + optimizer_vectors(layout) + (layout.spec.extras.keeps_best ? 1 : 0);
  return vectors * static_cast<std::uint64_t>(layout.parameters.parameters) * sizeof(float);
}

std::vector<Snapshot> empty_snapshots(const GroupLayout& layout, const GroupSpec& group) {
  const auto parameters = static_cast<std::size_t>(layout.parameters.parameters);
  std::vector<Snapshot> snapshots(group.runs.size());
  for (std::size_t r = 0; r < snapshots.size(); ++r) {
    snapshots[r].key = group.runs[r].key;
    snapshots[r].weights.resize(parameters);
    snapshots[r].optimizer.assign(optimizer_vectors(layout), std::vector<float>(parameters));
    if (layout.spec.extras.keeps_best) snapshots[r].best_weights.resize(parameters);
  }
  return snapshots;
}

void download_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout,
                        std::vector<Snapshot>& snapshots) {
  std::vector<ReplicaState> states(snapshots.size());
  StepState step;
  std::vector<Part> parts = {{layout.train_state.offset, std::as_writable_bytes(std::span(&step, 1))},
                             {layout.replica_state.offset, std::as_writable_bytes(std::span(states))}};
  for (std::size_t r = 0; r < snapshots.size(); ++r) {
    const auto add = [&](const Tensor& tensor, std::vector<float>& to) {
      parts.push_back({tensor.offset + tensor.replica_stride * r, std::as_writable_bytes(std::span(to))});
    };
    add(layout.weights, snapshots[r].weights);
    for (std::size_t i = 0; i < snapshots[r].optimizer.size(); ++i) {
      add(layout.moments[i], snapshots[r].optimizer[i]);
    }
    if (!snapshots[r].best_weights.empty()) add(layout.best_weights, snapshots[r].best_weights);
  }
  lane.download(arena, parts);
  for (std::size_t r = 0; r < snapshots.size(); ++r) {
    snapshots[r].step = step.step;
    snapshots[r].beta1_power = states[r].beta1_power;
    snapshots[r].beta2_power = states[r].beta2_power;
    snapshots[r].step_size = states[r].step_size;
    if (layout.spec.extras.scheduled) snapshots[r].learning_rate = states[r].learning_rate;
  }
}

void upload_snapshots(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                      std::span<const Snapshot> snapshots) {
  check(layout, group, snapshots);
  const StepState step{snapshots[0].step, static_cast<std::uint32_t>(snapshots[0].epochs_done()), 0, 0};
  lane.upload(arena, layout.train_state.offset, std::as_bytes(std::span(&step, 1)));
  for (int r = 0; r < layout.replicas; ++r) {
    const std::size_t run = static_cast<std::size_t>(r) < snapshots.size() ? static_cast<std::size_t>(r) : 0;
    const Snapshot& snapshot = snapshots[run];
    const auto upload = [&](const Tensor& tensor, std::span<const std::byte> bytes) {
      lane.upload(arena, tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(r), bytes);
    };
    ReplicaState state = initial_replica_state(group.runs[run], layout);
    state.beta1_power = snapshot.beta1_power;
    state.beta2_power = snapshot.beta2_power;
    state.step_size = snapshot.step_size;
    if (layout.spec.extras.scheduled) {
      state.steps = snapshot.step;
      state.learning_rate = snapshot.learning_rate.value();
    }
    upload(layout.replica_state, std::as_bytes(std::span(&state, 1)));
    upload_parameters(lane, arena, layout, r, snapshot.weights);
    for (std::size_t i = 0; i < snapshot.optimizer.size(); ++i) {
      upload(layout.moments[i], std::as_bytes(std::span(snapshot.optimizer[i])));
    }
    if (!snapshot.best_weights.empty()) {
      upload(layout.best_weights, std::as_bytes(std::span(snapshot.best_weights)));
    }
  }
}

std::vector<Weights> weights_of(const MlpSpec& shape, std::span<const Snapshot> snapshots) {
  const ParameterLayout layout = parameter_layout(shape);
  std::vector<Weights> weights;
  for (const Snapshot& snapshot : snapshots) weights.push_back(strip_weights(snapshot.weights, layout));
  return weights;
}

}  // namespace gpu_sweep
