// A model of an experiment as the user specified it, fully resolved (defaults, grid and flags applied).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_sweep/activation.h"
#include "gpu_sweep/optimizer.h"

namespace gpu_sweep {

enum class Precision : std::uint8_t { kFp32, kTf32, kBf16 };

/// An optimizer with its scalars, as optimizers.def lists them. Scalars that a kind of optimizer does not use
/// are ignored everywhere.
struct OptimizerSpec {
  OptimizerKind kind = OptimizerKind::kAdam;
#define GPU_SWEEP_SCALAR(key, range, default, help) double key = default;
#include "gpu_sweep/optimizers.def"

  /// Returns the kind with its default settings, which are those of Keras.
  static OptimizerSpec with_defaults(OptimizerKind kind);
  friend bool operator==(const OptimizerSpec&, const OptimizerSpec&) = default;
};

/// A name and the settings that model_keys.def lists. `hidden` are the widths of the hidden layers; without
/// any, the model is a logistic regression.
struct ModelSpec {
  std::string name;
#define GPU_SWEEP_MODEL_KEY(key, Type, default, range, age, help) Type key = default;
#include "gpu_sweep/model_keys.def"

  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

/// Returns the name as written in experiments, flags and JSON: "fp32", ...
const char* to_string(Precision precision);

}  // namespace gpu_sweep
