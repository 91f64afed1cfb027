// Oracle of the schedules of the learning rate.
#pragma once

#include <cmath>
#include <cstdint>

#include "gpu_sweep/schedule.h"
#include "kernels/common/step_state.h"

namespace gpu_sweep::reference {

/// Returns the learning rate of step number `step`, counted from 1.
inline double scheduled_rate(const ScheduleState& s, std::uint32_t step) {
  if (step <= s.warmup) return s.base_rate / s.warmup * step;
  const double done = static_cast<double>(step - 1) - s.warmup;
  switch (s.kind) {
    case ScheduleKind::kConstant:
    case ScheduleKind::kReduceOnPlateau:  // base_rate changes between epochs only
      return s.base_rate;
    case ScheduleKind::kStep:
      return s.base_rate * std::exp(std::log(s.factor) * std::floor(done / s.every));
    case ScheduleKind::kExponential:
      return s.base_rate * std::exp(std::log(s.factor) * done / s.every);
    case ScheduleKind::kCosine: {
      const double part = std::fmin(1.0, done / (s.total - s.warmup));
      const double end = s.base_rate * s.final_factor;
      return end + (s.base_rate - end) * std::pow(std::cos(M_PI / 2 * part), 2);
    }
  }
  return s.base_rate;
}

/// A bound on the relative error of a rate that is computed in double. The error comes from powers, whose
/// exponents may be in the hundreds.
inline constexpr double kRateError = 1e-13;

}  // namespace gpu_sweep::reference
