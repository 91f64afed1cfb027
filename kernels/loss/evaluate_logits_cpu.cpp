#include <algorithm>

#include "gpu_sweep/fp16.h"
#include "kernels/common/cpu_clones.h"
#include "kernels/common/step_state.h"
#include "kernels/common/tensor_access.h"
#include "kernels/loss/evaluate_logits.h"
#include "kernels/loss/softmax_tile.h"

namespace gpu_sweep::cpu {
namespace {

/// `confusion`, `predictions` and `probabilities` may be null; the last two start at the batch's first row.
/// `weights` is used only if kWeighted.
template <bool kWeighted>
GPU_SWEEP_CPU_CLONES void evaluate(const float* logits, const float* bias, const std::uint8_t* labels,
                                   int classes, int leading, int valid, const LossWeights& weights,
                                   Metrics* metrics, std::uint32_t* confusion, std::uint8_t* predictions,
                                   Fp16* probabilities) {
  SoftmaxTile tile;
  for (int b = 0; b < valid; b += kTileRows) {
    const int count = std::min(kTileRows, valid - b);
    softmax_tile<kWeighted>(logits + static_cast<std::size_t>(b) * leading, leading, bias, classes,
                            labels + b, count, tile);
    for (int i = 0; i < count; ++i) {
      metrics->loss_sum += tile.loss[i];
      if constexpr (kWeighted) metrics->weighted_loss_sum += weighted_loss(tile, i, classes, weights);
      metrics->correct += tile.argmax[i] == tile.label[i];
      if (confusion) ++confusion[tile.label[i] * classes + tile.argmax[i]];
      if (predictions) predictions[b + i] = static_cast<std::uint8_t>(tile.argmax[i]);
      for (int k = 0; probabilities && k < classes; ++k) {
        probabilities[static_cast<std::size_t>(b + i) * classes + k] =
            to_fp16(tile.exponentials[k][i] / tile.sum[i]);
      }
    }
  }
  metrics->rows += static_cast<std::uint64_t>(valid);
}

}  // namespace

void execute(const EvaluateLogits& op, const Memory& memory) {
  const StepState& state = *read<StepState>(memory, op.state, 0);
  const int valid = valid_rows(state, op.batch, op.rows);
  const std::size_t first_value = static_cast<std::size_t>(state.cursor) * op.classes;
  for (int r = 0; r < op.replicas; ++r) {
    LossWeights weights;
    if (op.weighted) {
      weights = {read<ReplicaState>(memory, op.replica_state, r)->label_smoothing,
                 read<float>(memory, op.class_weights, r)};
    }
    const auto evaluate_rows = op.weighted ? evaluate<true> : evaluate<false>;
    evaluate_rows(read<float>(memory, op.logits, r), read<float>(memory, op.bias, r),
                  read<std::uint8_t>(memory, op.labels, r), op.classes, op.leading, valid, weights,
                  write<Metrics>(memory, op.metrics, r),
                  op.keep_classes ? write<std::uint32_t>(memory, op.confusion, r) : nullptr,
                  op.keep_classes ? write<std::uint8_t>(memory, op.predictions, r) + state.cursor : nullptr,
                  op.keep_probabilities ? write<Fp16>(memory, op.probabilities, r) + first_value : nullptr);
  }
}

}  // namespace gpu_sweep::cpu
