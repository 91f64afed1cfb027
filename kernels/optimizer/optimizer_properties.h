// The moments that optimizers.def gives each optimizer, and the switch over all optimizers.
#pragma once

#include <stdexcept>

#include "gpu_sweep/optimizer.h"

namespace gpu_sweep {

constexpr int kMostMoments = 2;  ///< most vectors that an optimizer keeps besides the weights

/// The names of an optimizer's moments. Entries after the last moment are null.
struct MomentNames {
  const char* names[kMostMoments];
};

/// The moment names of all optimizers, indexed by OptimizerKind.
inline constexpr MomentNames kMomentNames[] = {
#define GPU_SWEEP_OPTIMIZER(enumerator, name, Rule, formula, source, ...) {{__VA_ARGS__}},
#include "gpu_sweep/optimizers.def"
};

/// Returns the name of moment `moment` < kMostMoments ("m", "velocity", ...), or null if the optimizer does
/// not have this moment.
constexpr const char* moment_name(OptimizerKind kind, int moment) {
  return kMomentNames[static_cast<int>(kind)].names[moment];
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
#include "gpu_sweep/optimizers.def"
  }
  throw std::invalid_argument("no optimizer has this number");
}

}  // namespace gpu_sweep
