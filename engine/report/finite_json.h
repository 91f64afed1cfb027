// JSON has no infinity and no NaN. Writes null in their place.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

inline nlohmann::ordered_json finite_json(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

/// Null unless the interval is bounded on both sides.
inline nlohmann::ordered_json finite_json(const Interval& interval) {
  return std::isfinite(interval.low) ? nlohmann::ordered_json{interval.low, interval.high}
                                     : nlohmann::ordered_json(nullptr);
}

}  // namespace gpu_sweep
