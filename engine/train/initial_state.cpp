#include "engine/train/initial_state.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/optimizer/optimizer_math.h"
#include "kernels/optimizer/schedule_math.h"

namespace gpu_sweep {

namespace {

/// Returns the schedule of a model. Its times are counted in optimizer steps, of which an epoch has
/// `epoch_steps`.
ScheduleState schedule_state(const ModelSpec& model, double epoch_steps) {
  const ScheduleSpec& schedule = model.schedule;
  ScheduleState state;
  state.base_rate = model.optimizer.learning_rate;
  state.factor = schedule.factor;
  state.every = schedule.every * epoch_steps;
  state.final_factor = schedule.final_factor;
  state.total = model.epochs * epoch_steps;
  state.warmup = static_cast<std::uint32_t>(std::lround(schedule.warmup * epoch_steps));
  state.kind = schedule.kind;
  return state;
}

/// Returns one run's class weights [K]. `counts` [K] holds the number of its training rows in each class.
std::vector<float> class_weights(const ClassWeights& weights, const std::vector<std::int64_t>& counts,
                                 const GroupLayout& layout) {
  std::vector<float> values(static_cast<std::size_t>(layout.spec.classes), 1.0f);
  if (weights.balanced) {
    const auto present =
        static_cast<double>(std::ranges::count_if(counts, [](auto count) { return count > 0; }));
    const double rows = layout.dataset[Split::kTrain].rows;
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] =
          counts.at(k) == 0 ? 0.0f : static_cast<float>(rows / (present * static_cast<double>(counts[k])));
    }
  }
  for (std::size_t k = 0; k < weights.values.size(); ++k)
    values.at(k) = static_cast<float>(weights.values[k]);
  return values;
}

}  // namespace

ReplicaState initial_replica_state(const RunSpec& run, const GroupLayout& layout) {
  const OptimizerSpec& optimizer = run.model.optimizer;
  ReplicaState state;
  state.order_seed = run.order_seed();
  state.dropout_seed = run.dropout_seed();
  state.dropout_rate = static_cast<float>(run.model.dropout);
  state.label_smoothing = static_cast<float>(run.model.label_smoothing);
  // Copies the scalars of all optimizers, because a snapshot of any optimizer contains beta powers.
#define GPU_SWEEP_SCALAR(key, range, default, help) \
  state.key = static_cast<decltype(state.key)>(optimizer.key);
#include "gpu_sweep/optimizers.def"
  if (layout.spec.extras.scheduled) {
    state.schedule = schedule_state(run.model, steps_per_epoch(layout));
    state.learning_rate = scheduled_rate(state.schedule, 0);
  }
  state.beta1_power = state.beta1;
  state.beta2_power = state.beta2;
  state.step_size = step_size(optimizer.kind, state);
  return state;
}

void upload_parameters(Lane& lane, const Buffer& arena, const GroupLayout& layout, int replica,
                       std::span<const float> weights) {
  const auto upload = [&](const Tensor& tensor, std::span<const std::byte> bytes) {
    lane.upload(arena, tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(replica), bytes);
  };
  upload(layout.weights, std::as_bytes(weights));
  if (layout.spec.precision != Precision::kBf16) return;
  std::vector<Bf16> rounded(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) rounded[i] = to_bf16(weights[i]);
  upload(layout.weights_bf16, std::as_bytes(std::span(rounded)));
}

void upload_initial_state(Lane& lane, const Buffer& arena, const GroupLayout& layout, const GroupSpec& group,
                          std::span<const Weights> initial) {
  const int runs = static_cast<int>(group.runs.size());
  const auto upload = [&](const Tensor& tensor, int replica, const auto& values) {
    lane.upload(arena, tensor.offset + tensor.replica_stride * static_cast<std::uint64_t>(replica),
                std::as_bytes(std::span(values)));
  };
  for (int r = 0; r < layout.replicas; ++r) {
    const int run = r < runs ? r : 0;
    const ReplicaState state = initial_replica_state(group.runs[run], layout);
    upload(layout.replica_state, r, std::span(&state, 1));
    const RunSplits* splits = layout.dataset.run_splits.get();
    std::vector<std::uint32_t> rows;
    if (splits != nullptr) {
      rows = splits->rows_of(group.runs[run].seed);
      upload(layout.pool_rows, r, rows);
    }
    if (layout.spec.extras.weighted_loss) {
      const std::vector<std::int64_t> counts =
          splits != nullptr
              ? splits->label_counts(rows, layout.dataset[Split::kTrain].rows, layout.spec.classes)
              : layout.dataset.label_counts;
      upload(layout.class_weights, r, class_weights(group.runs[run].model.class_weights, counts, layout));
    }
    upload_parameters(lane, arena, layout, r,
                      pad_weights(initial.empty() ? initial_weights(layout.spec, group.runs[run].init_seed())
                                                  : initial[run],
                                  layout.parameters));
  }
}

}  // namespace gpu_sweep
