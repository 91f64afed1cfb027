// The optimizers: enumerators, names and moments, generated from optimizers.def.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace gpu_sweep {

enum class OptimizerKind : std::uint8_t {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) enumerator,
#include "kernels/optimizer/optimizers.def"
};

/// All optimizers, in the order of the enumerators.
inline constexpr OptimizerKind kOptimizers[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, ...) OptimizerKind::enumerator,
#include "kernels/optimizer/optimizers.def"
};

constexpr int kMostMoments = 2;  ///< most vectors that an optimizer keeps besides the weights

struct OptimizerRow {
  const char* name;                   ///< used in experiments, flags and JSON: "adam"
  const char* moments[kMostMoments];  ///< names of these vectors; null beyond the last
};

/// Indexed by enumerator.
inline constexpr OptimizerRow kOptimizerRows[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, ...) {name, {__VA_ARGS__}},
#include "kernels/optimizer/optimizers.def"
};

constexpr const char* to_string(OptimizerKind kind) { return kOptimizerRows[static_cast<int>(kind)].name; }

/// Returns the name of moment number `moment` < moment_count(kind): "m", "velocity", ...
constexpr const char* moment_name(OptimizerKind kind, int moment) {
  return kOptimizerRows[static_cast<int>(kind)].moments[moment];
}

constexpr int moment_count(OptimizerKind kind) {
  int count = 0;
  while (count < kMostMoments && moment_name(kind, count) != nullptr) ++count;
  return count;
}

/// Calls `call.template operator()<kOptimizer>()` for the value of `kind` and returns its result. Throws
/// std::invalid_argument if `kind` is not an enumerator.
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
