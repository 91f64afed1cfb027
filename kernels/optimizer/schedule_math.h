// The formulas of the schedules, shared by all backends.
#pragma once

#include <cmath>
#include <cstdint>

#include "gpu_sweep/schedule.h"
#include "kernels/common/host_device.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep {

/// Returns (1 + cos(pi x)) / 2 for x in [0, 1].
GPU_SWEEP_HOST_DEVICE double half_cosine(double x) {
#ifdef __CUDA_ARCH__
  return 0.5 * (1.0 + cospi(x));  // cos() takes stack memory for large arguments, which do not occur
#else
  return 0.5 * (1.0 + std::cos(3.14159265358979323846 * x));
#endif
}

/// Returns the learning rate of the step that follows `steps` finished steps, in double:
///   warmup:       base (steps + 1) / warmup                         for steps < warmup
/// and then, with t = steps - warmup,
///   constant:     base
///   reduce_on_plateau:  base, which the host lowers between epochs (engine/train/plateau.h)
///   step:         base factor^floor(t / every)
///   exponential:  base factor^(t / every)
///   cosine:       base (f + (1 - f) (1 + cos(pi x)) / 2) with f = final_factor and
///                 x = min(1, t / (total - warmup))
GPU_SWEEP_HOST_DEVICE double scheduled_rate(const ScheduleState& schedule, std::uint32_t steps) {
  if (steps < schedule.warmup) return schedule.base_rate * (steps + 1.0) / schedule.warmup;
  const double t = steps - schedule.warmup;
  switch (schedule.kind) {
    case ScheduleKind::kConstant:
    case ScheduleKind::kReduceOnPlateau:
      break;
    case ScheduleKind::kStep:
      return schedule.base_rate * pow(schedule.factor, floor(t / schedule.every));
    case ScheduleKind::kExponential:
      return schedule.base_rate * pow(schedule.factor, t / schedule.every);
    case ScheduleKind::kCosine: {
      const double x = t / (schedule.total - schedule.warmup);
      const double rest = 1.0 - schedule.final_factor;
      return schedule.base_rate * (schedule.final_factor + rest * half_cosine(x < 1.0 ? x : 1.0));
    }
  }
  return schedule.base_rate;
}

}  // namespace gpu_sweep
