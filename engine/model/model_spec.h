// A model of an experiment as the user specified it, fully resolved (defaults, grid and flags applied).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/activation/activation.h"
#include "kernels/optimizer/optimizer.h"

namespace gpu_sweep {

enum class Precision : std::uint8_t { kFp32, kTf32, kBf16 };

/// An optimizer with its scalars, as optimizers.def lists them; those that a kind does not use are ignored
/// everywhere.
struct OptimizerSpec {
  OptimizerKind kind = OptimizerKind::kAdam;
#define GPU_SWEEP_SCALAR(key, range, default, help) double key = default;
#include "kernels/optimizer/optimizers.def"

  /// The kind's own defaults: Keras's.
  static OptimizerSpec with_defaults(OptimizerKind kind);
  friend bool operator==(const OptimizerSpec&, const OptimizerSpec&) = default;
};

struct ModelSpec {
  std::string name;
  std::vector<int> hidden;  ///< widths of the hidden layers; may be empty (logistic regression)
  Activation activation = Activation::kRelu;
  double dropout = 0.2;  ///< rate after each hidden activation, in [0, 1)
  OptimizerSpec optimizer;
  int batch_size = 256;
  int epochs = 50;
  bool shuffle = true;

  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

/// Returns the name as written in experiments, flags and JSON: "fp32", ...
const char* to_string(Precision precision);

}  // namespace gpu_sweep
