// The shape of a multi-layer perceptron and of its training step. Runs with equal shapes can be trained in
// one group.
#pragma once

#include <compare>
#include <vector>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep {

/// The optional parts of a training step and of the memory of a group. Runs that need different parts are
/// never in the same group, since all runs of a group execute the same operations and share a layout. The
/// exception is `penalized`, which a group has if one of its runs has it.
struct StepExtras {
  bool scheduled = false;  ///< the learning rate follows a schedule
  /// The update uses AdjustedRule (optimizer_math.h): there is clipping, an L2 penalty, early stopping, or
  /// weight decay other than AdamW's own.
  bool adjusted = false;
  bool clips_norm = false;     ///< gradients are clipped by their common norm
  bool stops = false;          ///< runs may stop before the last epoch
  bool keeps_best = false;     ///< the weights of each run's best epoch are kept beside the current ones
  bool weighted_loss = false;  ///< classes have weights or labels are smoothed
  bool penalized = false;      ///< the objective has an L2 penalty

  /// Returns whether the objective of a run differs from its loss.
  bool has_objective() const { return weighted_loss || penalized; }

  friend bool operator==(const StepExtras&, const StepExtras&) = default;
  friend auto operator<=>(const StepExtras&, const StepExtras&) = default;
};

struct MlpSpec {
  int features = 0;         ///< D
  std::vector<int> hidden;  ///< widths of the L hidden layers
  int classes = 0;          ///< K
  Activation activation = Activation::kRelu;
  OptimizerKind optimizer = OptimizerKind::kAdam;
  int batch = 0;  ///< B
  Precision precision = Precision::kFp32;
  StepExtras extras = {};

  friend bool operator==(const MlpSpec&, const MlpSpec&) = default;
  friend auto operator<=>(const MlpSpec&, const MlpSpec&) = default;  ///< arbitrary order, for use in maps
};

/// Returns the optional parts of the training step of `model`.
StepExtras step_extras(const ModelSpec& model);

/// Returns the shape that `model` has on data with D = `features` and K = `classes`.
MlpSpec mlp_spec(const ModelSpec& model, int features, int classes, Precision precision);

}  // namespace gpu_sweep
