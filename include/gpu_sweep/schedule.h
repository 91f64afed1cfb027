// The schedules of the learning rate: enumerators and names, generated from schedules.def.
#pragma once

#include <cstdint>

namespace gpu_sweep {

enum class ScheduleKind : std::uint32_t {
#define GPU_SWEEP_SCHEDULE(enumerator, ...) enumerator,
#include "gpu_sweep/schedules.def"
};

/// All schedules, in the order of the enumerators.
inline constexpr ScheduleKind kSchedules[] = {
#define GPU_SWEEP_SCHEDULE(enumerator, ...) ScheduleKind::enumerator,
#include "gpu_sweep/schedules.def"
};

/// Returns whether the schedule follows the metrics of the epochs.
constexpr bool has_monitor(ScheduleKind kind) { return kind == ScheduleKind::kReduceOnPlateau; }

constexpr const char* to_string(ScheduleKind kind) {
  switch (kind) {
#define GPU_SWEEP_SCHEDULE(enumerator, name, ...) \
  case ScheduleKind::enumerator:                  \
    return name;
#include "gpu_sweep/schedules.def"
  }
  return "?";
}

}  // namespace gpu_sweep
