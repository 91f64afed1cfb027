// Log-softmax of sixteen rows side by side on the CPU. Shared by training and evaluation.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/common/exp_math.h"
#include "kernels/loss/most_classes.h"
#include "kernels/loss/objective_math.h"

namespace gpu_sweep::cpu {

constexpr int kTileRows = 16;  // one AVX-512 register per class

/// Rows of a batch, transposed so that loops over rows vectorize. Each row's sums run over the classes in
/// order.
struct SoftmaxTile {
  float exponentials[kMostClasses][kTileRows];  ///< e^(l - max l) with l = logits + bias
  float sum[kTileRows];                         ///< of the exponentials
  float loss[kTileRows];                        ///< -log softmax(l)[label]
  float label_logit[kTileRows];                 ///< l[label] - max l
  float logits_sum[kTileRows];     ///< sum over the classes of l - max l; 0 unless kWithLogitsSum
  std::int32_t argmax[kTileRows];  ///< lowest class on ties
  std::int32_t label[kTileRows];
};

/// Fills `tile` from `count` <= kTileRows rows; the remaining rows repeat row 0. Fills `logits_sum` only if
/// kWithLogitsSum. It is inlined, so that every clone of a caller (cpu_clones.h) compiles it for its own
/// instruction set.
template <bool kWithLogitsSum = false>
__attribute__((always_inline)) inline void softmax_tile(const float* logits, std::size_t leading,
                                                        const float* bias, int classes,
                                                        const std::uint8_t* labels, int count,
                                                        SoftmaxTile& tile) {
  for (int i = 0; i < kTileRows; ++i) {
    const int row = i < count ? i : 0;
    tile.label[i] = labels[row];
    const float* from = logits + static_cast<std::size_t>(row) * leading;
    for (int k = 0; k < classes; ++k) tile.exponentials[k][i] = from[k] + bias[k];
  }
  float highest[kTileRows];
  for (int i = 0; i < kTileRows; ++i) {
    highest[i] = tile.exponentials[0][i];
    tile.argmax[i] = 0;
    tile.sum[i] = 0.0f;
    tile.logits_sum[i] = 0.0f;
    tile.label_logit[i] = tile.exponentials[tile.label[i]][i];
  }
  for (int k = 1; k < classes; ++k) {
    for (int i = 0; i < kTileRows; ++i) {
      const float l = tile.exponentials[k][i];
      tile.argmax[i] = l > highest[i] ? k : tile.argmax[i];
      highest[i] = l > highest[i] ? l : highest[i];
    }
  }
  for (int k = 0; k < classes; ++k) {
    for (int i = 0; i < kTileRows; ++i) {
      const float logit = tile.exponentials[k][i] - highest[i];
      if constexpr (kWithLogitsSum) tile.logits_sum[i] += logit;
      const float e = exponential(logit);
      tile.exponentials[k][i] = e;
      tile.sum[i] += e;
    }
  }
  for (int i = 0; i < kTileRows; ++i) {
    tile.label_logit[i] -= highest[i];
    tile.loss[i] = std::log(tile.sum[i]) - tile.label_logit[i];
  }
}

/// The settings of the weighted loss of one replica.
struct LossWeights {
  float smoothing = 0;                   ///< part of each label that is spread over all classes
  const float* class_weights = nullptr;  ///< [K]
};

/// Returns the weighted, smoothed cross-entropy of row i of a tile, whose logits_sum must have been filled.
__attribute__((always_inline)) inline float weighted_loss(const SoftmaxTile& tile, int i, int classes,
                                                          const LossWeights& weights) {
  const float target_logit =
      smoothed_logit(tile.label_logit[i], tile.logits_sum[i], weights.smoothing, classes);
  return weights.class_weights[tile.label[i]] * (std::log(tile.sum[i]) - target_logit);
}

}  // namespace gpu_sweep::cpu
