// A model of an experiment as the user specified it, fully resolved (defaults, grid and flags applied).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/activation/activation.h"

namespace gpu_sweep {

enum class OptimiserKind : std::uint8_t { kAdam, kSgd, kRmsProp };
enum class Precision : std::uint8_t { kFp32, kTf32, kBf16 };

/// An optimizer with its hyper-parameters. Scalars that a kind uses default to Keras's values; scalars that
/// it does not use are ignored everywhere.
struct OptimiserSpec {
  OptimiserKind kind = OptimiserKind::kAdam;
  double learning_rate = 0.001;  ///< default 0.001; 0.01 for SGD
  double beta1 = 0.9;            ///< Adam
  double beta2 = 0.999;          ///< Adam
  double epsilon = 1e-7;         ///< Adam, RMSprop
  double momentum = 0;           ///< SGD
  double rho = 0.9;              ///< RMSprop

  static OptimiserSpec with_defaults(OptimiserKind kind);
  friend bool operator==(const OptimiserSpec&, const OptimiserSpec&) = default;
};

struct ModelSpec {
  std::string name;
  std::vector<int> hidden;  ///< widths of the hidden layers; may be empty (logistic regression)
  Activation activation = Activation::kRelu;
  double dropout = 0.2;  ///< rate after each hidden activation, in [0, 1)
  OptimiserSpec optimiser;
  int batch_size = 256;
  int epochs = 50;
  bool shuffle = true;

  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

/// Return names as written in experiments, flags and JSON: "relu", "adam", "fp32", ...
const char* to_string(Activation activation);
const char* to_string(OptimiserKind kind);
const char* to_string(Precision precision);

}  // namespace gpu_sweep
