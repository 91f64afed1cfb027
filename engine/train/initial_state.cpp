#include "engine/train/initial_state.h"

#include <vector>

#include "kernels/common/bf16.h"
#include "kernels/optimizer/optimizer_math.h"

namespace gpu_sweep {

ReplicaState initial_replica_state(const RunSpec& run) {
  const OptimizerSpec& optimizer = run.model.optimizer;
  ReplicaState state;
  state.seed = run.seed;
  state.dropout_rate = static_cast<float>(run.model.dropout);
  // Copies the scalars of all optimizers, since snapshots hold beta powers of every run. The run's own
  // optimizer comes last, because two optimizers may keep scalars in the same member.
#define GPU_SWEEP_SCALAR(key, range, default, help) \
  state.key = static_cast<decltype(state.key)>(optimizer.key);
#include "gpu_sweep/optimizers.def"
#define GPU_SWEEP_OPTIMIZER_SCALAR(enumerator, key, default)     \
  if (optimizer.kind == OptimizerKind::enumerator) {             \
    state.key = static_cast<decltype(state.key)>(optimizer.key); \
  }
#include "gpu_sweep/optimizers.def"
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
  for (int r = 0; r < layout.replicas; ++r) {
    const int run = r < runs ? r : 0;
    const ReplicaState state = initial_replica_state(group.runs[run]);
    lane.upload(
        arena,
        layout.replica_state.offset + layout.replica_state.replica_stride * static_cast<std::uint64_t>(r),
        std::as_bytes(std::span(&state, 1)));

    upload_parameters(
        lane, arena, layout, r,
        pad_weights(initial.empty() ? initial_weights(layout.spec, group.runs[run].seed) : initial[run],
                    layout.parameters));
  }
}

}  // namespace gpu_sweep
