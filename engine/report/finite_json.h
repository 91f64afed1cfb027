// Numbers and intervals as JSON, with null for infinity and NaN, which JSON lacks.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/statistics/methods/pair_tests.h"

namespace gpu_sweep {

inline nlohmann::ordered_json finite_json(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

/// Returns null if the interval is unbounded. Either both of its ends or neither must be finite.
inline nlohmann::ordered_json finite_json(const Interval& interval) {
  return std::isfinite(interval.low) ? nlohmann::ordered_json{interval.low, interval.high}
                                     : nlohmann::ordered_json(nullptr);
}

/// Rounds to seven significant digits. This keeps files with long lists of pairs small.
inline double rounded(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 7);
  double result = value;
  std::from_chars(text.data(), end.ptr, result);
  return result;
}

inline Interval rounded(const Interval& interval) { return {rounded(interval.low), rounded(interval.high)}; }

/// Returns null if `found` is absent, which is the case if no smallest difference that matters was given.
inline nlohmann::ordered_json equivalence_json(const std::optional<Equivalence>& found) {
  if (!found) return nullptr;
  return {{"same", found->same},
          {"p", rounded(found->p)},
          {"p_holm", rounded(found->p_holm)},
          {"interval", finite_json(rounded(found->interval))}};
}

}  // namespace gpu_sweep
