#include <algorithm>

#include "kernels/common/bf16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/loss/softmax_cross_entropy.h"
#include "kernels/loss/softmax_tile.h"

namespace gpu_sweep::cpu {
namespace {

/// The target probabilities and class weights for the gradient of a row.
struct Targets {
  float label = 1;  ///< of the label's class
  float other = 0;  ///< of every other class
  LossWeights weights;
};

/// Computes loss, metrics and gradients of `valid` rows. `targets` is used only if kWeighted. Each bias
/// gradient is the sum, in order, of sixteen partial sums; row b belongs to partial sum b mod 16.
template <class T, bool kWeighted>
GPU_SWEEP_CPU_CLONES void loss_and_gradient(const float* logits, const float* bias,
                                            const std::uint8_t* labels, int classes, int leading, int valid,
                                            Targets targets, T* dlogits, float* bias_gradient,
                                            Metrics* metrics) {
  SoftmaxTile tile;
  float lanes[kMostClasses][kTileRows];
  for (int k = 0; k < classes; ++k) std::fill(lanes[k], lanes[k] + kTileRows, 0.0f);
  const float per_row = 1.0f / static_cast<float>(valid);

  for (int b = 0; b < valid; b += kTileRows) {
    const int count = std::min(kTileRows, valid - b);
    const std::size_t at = static_cast<std::size_t>(b) * leading;
    softmax_tile<kWeighted>(logits + at, leading, bias, classes, labels + b, count, tile);

    float weight[kTileRows], inverse[kTileRows];
    for (int i = 0; i < kTileRows; ++i) {
      weight[i] = i < count ? per_row : 0.0f;
      if constexpr (kWeighted) weight[i] *= targets.weights.class_weights[tile.label[i]];
      inverse[i] = 1.0f / tile.sum[i];
    }
    for (int k = 0; k < classes; ++k) {
      for (int i = 0; i < kTileRows; ++i) {
        const float target = kWeighted ? (tile.label[i] == k ? targets.label : targets.other)
                                       : (tile.label[i] == k ? 1.0f : 0.0f);
        const float gradient = (tile.exponentials[k][i] * inverse[i] - target) * weight[i];
        tile.exponentials[k][i] = gradient;
        lanes[k][i] += gradient;
      }
    }
    for (int i = 0; i < count; ++i) {
      T* to = dlogits + at + static_cast<std::size_t>(i) * leading;
      for (int k = 0; k < classes; ++k) to[k] = from_float<T>(tile.exponentials[k][i]);
      std::fill(to + classes, to + leading, T{});
      metrics->loss_sum += tile.loss[i];
      if constexpr (kWeighted) metrics->weighted_loss_sum += weighted_loss(tile, i, classes, targets.weights);
      metrics->correct += tile.argmax[i] == tile.label[i];
    }
  }
  metrics->rows += static_cast<std::uint64_t>(valid);

  for (int k = 0; k < classes; ++k) {
    float sum = 0;
    for (int i = 0; i < kTileRows; ++i) sum += lanes[k][i];
    bias_gradient[k] = sum;
  }
  std::fill(bias_gradient + classes, bias_gradient + leading, 0.0f);
}

template <class T, bool kWeighted>
void loss_and_gradient(const SoftmaxCrossEntropy& op, const Memory& memory, int replica) {
  const int valid = valid_rows(*read<StepState>(memory, op.state, 0), op.batch, op.rows);
  T* dlogits = write<T>(memory, op.dlogits, replica);
  Targets targets;
  if constexpr (kWeighted) {
    const float smoothing = read<ReplicaState>(memory, op.replica_state, replica)->label_smoothing;
    targets.other = smoothing / static_cast<float>(op.classes);
    targets.label = 1.0f - smoothing + targets.other;
    targets.weights = {smoothing, read<float>(memory, op.class_weights, replica)};
  }
  loss_and_gradient<T, kWeighted>(
      read<float>(memory, op.logits, replica), read<float>(memory, op.bias, replica),
      read<std::uint8_t>(memory, op.labels, replica), op.classes, op.leading, valid, targets, dlogits,
      write<float>(memory, op.bias_gradient, replica), write<Metrics>(memory, op.metrics, replica));
  std::fill(dlogits + static_cast<std::size_t>(valid) * op.leading,
            dlogits + static_cast<std::size_t>(op.batch) * op.leading, T{});
}

}  // namespace

void execute(const SoftmaxCrossEntropy& op, const Memory& memory) {
  for (int r = 0; r < op.replicas; ++r) {
    if (op.weighted) {
      op.type == DType::kBf16 ? loss_and_gradient<Bf16, true>(op, memory, r)
                              : loss_and_gradient<float, true>(op, memory, r);
    } else {
      op.type == DType::kBf16 ? loss_and_gradient<Bf16, false>(op, memory, r)
                              : loss_and_gradient<float, false>(op, memory, r);
    }
  }
}

}  // namespace gpu_sweep::cpu
