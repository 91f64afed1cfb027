// The optimizers: enumerators, names and moments, as optimizers.def lists them.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace gpu_sweep {

enum class OptimizerKind : std::uint8_t {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) enumerator,
#include "kernels/optimizer/optimizers.def"
};

/// Every optimizer, in the order of its enumerators.
inline constexpr OptimizerKind kOptimizers[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) OptimizerKind::enumerator,
#include "kernels/optimizer/optimizers.def"
};

constexpr int kMostMoments = 2;  ///< vectors that an optimizer keeps beside the weights

struct OptimizerRow {
  const char* name;                   ///< as it stands in experiments, flags and JSON: "adam"
  const char* moments[kMostMoments];  ///< names; null beyond the last
};

/// By enumerator.
inline constexpr OptimizerRow kOptimizerRows[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, ...) {name, {__VA_ARGS__}},
#include "kernels/optimizer/optimizers.def"
};

constexpr const char* to_string(OptimizerKind kind) { return kOptimizerRows[static_cast<int>(kind)].name; }

/// The name of a moment below moment_count: "m", "velocity", ...
constexpr const char* moment_name(OptimizerKind kind, int moment) {
  return kOptimizerRows[static_cast<int>(kind)].moments[moment];
}

constexpr int moment_count(OptimizerKind kind) {
  int count = 0;
  while (count < kMostMoments && moment_name(kind, count) != nullptr) ++count;
  return count;
}

/// Calls `call.template operator()<kOptimizer>()` with the enumerator that `kind` holds, and returns what it
/// returns. Throws std::invalid_argument where it holds none.
template <class Call>
decltype(auto) with_optimizer(OptimizerKind kind, const Call& call) {
  switch (kind) {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) \
  case OptimizerKind::enumerator:            \
    return call.template operator()<OptimizerKind::enumerator>();
#include "kernels/optimizer/optimizers.def"
  }
  throw std::invalid_argument("no optimizer has this number");
}

}  // namespace gpu_sweep
