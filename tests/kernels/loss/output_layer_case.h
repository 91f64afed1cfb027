// The shapes with which the output layer is tested, in training and in evaluation.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/kernels/kernel_test.h"

namespace gpu_sweep::test {

struct OutputLayerCase {
  int replicas, batch, classes, leading;
  int cursor, rows;  ///< the batch has the rows of a split from `cursor` on; the split has `rows` rows
  DType type = DType::kF32;
  bool in_place = false;  ///< training in f32: dlogits replaces logits; evaluation: sets keep_classes
  double spread = 1;      ///< logits lie in [-4 spread, 4 spread)
  std::uint32_t seed = 11;
  bool weighted = false;  ///< labels are smoothed and classes have weights

  int valid() const { return std::min(batch, rows - cursor); }

  /// Returns a SoftmaxCrossEntropy or EvaluateLogits without its tensors.
  template <class OutputOp>
  OutputOp op() const {
    OutputOp op;
    op.replicas = replicas;
    op.batch = batch;
    op.classes = classes;
    op.leading = leading;
    op.rows = rows;
    return op;
  }

  std::string name() const {
    return text(type_name(type), "_R", replicas, "_B", batch, "_K", classes, "of", leading, "_valid", valid(),
                (spread != 1 ? text("_spread", spread) : ""), (in_place ? "_in_place" : ""),
                (weighted ? "_weighted" : ""), "_seed", seed);
  }

  /// Returns multiples of 1/32 [replicas, batch, classes], so that adding the bias is exact and ties are
  /// common.
  std::vector<double> logits() const {
    auto logits = random_reals(seed, static_cast<std::size_t>(replicas) * batch * classes, DType::kBf16);
    for (double& logit : logits) logit *= spread;
    return logits;
  }
  std::vector<double> bias() const {
    return random_reals(seed + 1, static_cast<std::size_t>(replicas) * classes, DType::kBf16);
  }

  /// Returns the logits, padded to [replicas, batch, leading]. Rows from valid() on and columns from
  /// `classes` on are NaN, since no result may depend on them.
  std::vector<double> logit_rows() const {
    auto rows_of_all = padded(logits(), classes, leading, kNaN);
    for (int r = 0; r < replicas; ++r) {
      const auto first = rows_of_all.begin() + static_cast<std::ptrdiff_t>(r) * batch * leading;
      std::fill(first + static_cast<std::ptrdiff_t>(valid()) * leading,
                first + static_cast<std::ptrdiff_t>(batch) * leading, kNaN);
    }
    return rows_of_all;
  }

  /// Returns the label smoothing of each replica. Replica 1 does not smooth its labels.
  std::vector<ReplicaState> smoothing() const {
    std::vector<ReplicaState> states(replicas);
    for (int r = 0; r < replicas; ++r) states[r].label_smoothing = r == 1 ? 0 : 0.125f * (r + 1);
    return states;
  }
  /// Returns weights [replicas, classes] of at least 0; class 1 has weight 0.
  std::vector<double> class_weights() const {
    auto weights = random_reals(seed + 3, static_cast<std::size_t>(replicas) * classes, DType::kF32);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = i % classes == 1 ? 0 : std::fabs(weights[i]);
    }
    return weights;
  }

  /// Returns labels [count, batch]. Those of rows from valid() on are 0, as GatherBatch leaves them.
  std::vector<std::uint8_t> labels(int count) const {
    std::mt19937 generator(seed + 2);
    std::vector<std::uint8_t> labels(static_cast<std::size_t>(count) * batch);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto label = static_cast<std::uint8_t>(generator() % classes);
      labels[i] = static_cast<int>(i % batch) < valid() ? label : 0;
    }
    return labels;
  }
};

/// Returns cases of a weighted loss: with one, four and sixteen classes per thread of the CUDA kernel, with a
/// partial batch, in both types, and in place.
inline std::vector<OutputLayerCase> weighted_cases() {
  using enum DType;
  std::vector<OutputLayerCase> cases = {{3, 31, 10, 16, 0, 20, kF32, true},
                                        {2, 33, 33, 48, 0, 100, kBf16},
                                        {1, 7, 256, 256, 0, 7, kF32},
                                        {2, 9, 3, 3, 0, 9, kF32}};
  for (OutputLayerCase& one : cases) one.weighted = true;
  return cases;
}

inline std::vector<OutputLayerCase> output_layer_cases() {
  using enum DType;
  return for_backend<OutputLayerCase>({
      {2, 31, 10, 16, 0, 1000, kF32, true},
      {3, 8, 2, 16, 992, 1000, kF32},
      {1, 33, 31, 32, 0, 20, kF32},
      {2, 5, 33, 48, 0, 100, kBf16},
      {1, 32, 10, 16, 96, 97, kBf16},
      {1, 1, 10, 16, 3, 4, kF32, true},
      {1, 7, 256, 256, 0, 7, kF32},
      {2, 80, 10, 16, 768, 848, kF32, true},
      {1, 9, 3, 3, 0, 9, kF32},
      {1, 16, 32, 32, 0, 16, kBf16, false, 16},
      {2, 12, 10, 16, 0, 12, kF32, true, 16},
      {1, 40, 17, 32, 0, 33, kF32},
      {1, 256, 10, 16, 256, 336, kF32, true},
      {2, 256, 10, 16, 0, 50000, kBf16},
      {1, 256, 256, 256, 0, 256, kBf16},
      {3, 64, 100, 112, 0, 63, kF32, true},
      {1, 1, 2, 16, 0, 1, kBf16},
      {1, 500, 10, 16, 0, 500, kF32, true},
  });
}

}  // namespace gpu_sweep::test
