#include "engine/program/group_layout.h"

#include <algorithm>

#include "gpu_sweep/fp16.h"
#include "kernels/activation/activation_properties.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {
namespace {

// Alignment in bytes of every tensor. Unless a tensor is packed, the part of each replica is also aligned.
constexpr std::uint64_t kAlignment = 256;

std::uint64_t round_up(std::uint64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// Allocates tensors one after the other, from the start of the arena.
class Arena {
 public:
  Tensor shared(std::uint64_t bytes) { return take(bytes, 0); }

  /// Allocates [replicas] tensors of `bytes` bytes each. Each of them is aligned.
  Tensor per_replica(std::uint64_t bytes, int replicas) {
    return take(round_up(bytes) * static_cast<std::uint64_t>(replicas), round_up(bytes));
  }

  /// Allocates [replicas] records of `bytes` bytes each, one right after the other.
  Tensor packed(std::uint64_t bytes, int replicas) {
    return take(bytes * static_cast<std::uint64_t>(replicas), bytes);
  }

  std::uint64_t used() const { return used_; }

 private:
  Tensor take(std::uint64_t bytes, std::uint64_t replica_stride) {
    const Tensor tensor{Space::kGroup, used_, replica_stride};
    used_ += round_up(bytes);
    return tensor;
  }

  std::uint64_t used_ = 0;
};

}  // namespace

GroupLayout group_layout(const MlpSpec& spec, const DatasetLayout& dataset, int replicas,
                         int evaluation_batch, bool shuffled, std::uint64_t shuffle_scratch_bytes,
                         bool keep_probabilities) {
  GroupLayout layout;
  layout.spec = spec;
  layout.parameters = parameter_layout(spec);
  layout.dataset = dataset;
  layout.replicas = replicas;
  layout.evaluation_batch = evaluation_batch;
  layout.shuffled = shuffled;
  layout.keep_probabilities = keep_probabilities;

  const bool bf16 = spec.precision == Precision::kBf16;
  const std::uint64_t element = size_of(bf16 ? DType::kBf16 : DType::kF32);
  const auto& layers = layout.parameters.layers;
  const auto parameters = static_cast<std::uint64_t>(layout.parameters.parameters);
  const auto batch = static_cast<std::uint64_t>(spec.batch);
  const auto rows = static_cast<std::uint64_t>(evaluation_batch);
  const int classes = layers.back().padded_outputs;
  int largest_split = 0;
  for (const SplitLayout& split : dataset.splits) largest_split = std::max(largest_split, split.rows);

  Arena arena;
  layout.train_state = arena.shared(sizeof(StepState));
  layout.evaluation_state = arena.shared(sizeof(StepState));
  layout.replica_state = arena.packed(sizeof(ReplicaState), replicas);
  layout.train_metrics = arena.packed(sizeof(Metrics), replicas);
  layout.evaluation_metrics = arena.packed(sizeof(Metrics), replicas);
  if (shuffled) layout.order = arena.per_replica(4ull * dataset[Split::kTrain].rows, replicas);
  if (dataset.pool() > 0) {
    layout.pool_rows = arena.per_replica(4 * static_cast<std::uint64_t>(dataset.pool()), replicas);
  }
  layout.confusion = arena.per_replica(4ull * spec.classes * spec.classes, replicas);
  layout.predictions = arena.per_replica(static_cast<std::uint64_t>(largest_split), replicas);
  if (keep_probabilities) {
    const auto values = static_cast<std::uint64_t>(dataset[Split::kTest].rows) * spec.classes;
    layout.probabilities = arena.per_replica(sizeof(Fp16) * values, replicas);
  }
  layout.weights = arena.per_replica(4 * parameters, replicas);
  if (bf16) layout.weights_bf16 = arena.per_replica(2 * parameters, replicas);
  for (int i = 0; i < moment_count(spec.optimizer); ++i) {
    layout.moments[i] = arena.per_replica(4 * parameters, replicas);
  }
  if (spec.extras.keeps_best) layout.best_weights = arena.per_replica(4 * parameters, replicas);
  if (spec.extras.weighted_loss) layout.class_weights = arena.per_replica(4ull * spec.classes, replicas);
  layout.gradient = arena.per_replica(4 * parameters, replicas);

  layout.x = arena.per_replica(element * batch * layers.front().padded_inputs, replicas);
  layout.y = arena.per_replica(batch, replicas);
  const std::uint64_t evaluation_inputs = element * rows * layers.front().padded_inputs;
  const bool own_rows = dataset.pool() > 0;
  layout.evaluation_x =
      own_rows ? arena.per_replica(evaluation_inputs, replicas) : arena.shared(evaluation_inputs);
  layout.evaluation_y = own_rows ? arena.per_replica(rows, replicas) : arena.shared(rows);
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    const auto width = static_cast<std::uint64_t>(layers[l].padded_outputs);
    layout.activations.push_back(arena.per_replica(element * batch * width, replicas));
    layout.products.push_back(needs_input(spec.activation)
                                  ? arena.per_replica(element * batch * width, replicas)
                                  : layout.activations.back());
    layout.gradients.push_back(arena.per_replica(element * batch * width, replicas));
    layout.evaluation_activations.push_back(arena.per_replica(element * rows * width, replicas));
  }
  layout.logits = arena.per_replica(4 * batch * classes, replicas);
  layout.dlogits = arena.per_replica(element * batch * classes, replicas);
  layout.evaluation_logits = arena.per_replica(4 * rows * classes, replicas);
  layout.shuffle_scratch_bytes = shuffled ? shuffle_scratch_bytes : 0;
  if (shuffled) layout.shuffle_scratch = arena.shared(shuffle_scratch_bytes);
  layout.arena_bytes = arena.used();
  return layout;
}

Tensor parameter_tensor(const Tensor& vectors, std::int64_t element, DType type) {
  Tensor tensor = vectors;
  tensor.offset += static_cast<std::uint64_t>(element) * size_of(type);
  return tensor;
}

}  // namespace gpu_sweep
