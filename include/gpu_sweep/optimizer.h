// The optimizers: enumerators and names, generated from optimizers.def.
#pragma once

#include <cstdint>

namespace gpu_sweep {

enum class OptimizerKind : std::uint8_t {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) enumerator,
#include "gpu_sweep/optimizers.def"
};

/// All optimizers, in the order of the enumerators.
inline constexpr OptimizerKind kOptimizers[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) OptimizerKind::enumerator,
#include "gpu_sweep/optimizers.def"
};

/// Returns the name used in experiments, flags and JSON: "adam", ...
constexpr const char* to_string(OptimizerKind kind) {
  switch (kind) {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, ...) \
  case OptimizerKind::enumerator:                  \
    return name;
#include "gpu_sweep/optimizers.def"
  }
  return "?";
}

}  // namespace gpu_sweep
