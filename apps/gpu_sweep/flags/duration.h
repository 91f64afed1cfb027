// Durations as the values of flags.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gpu_sweep {

/// What the error messages of duration flags state as expected.
inline constexpr const char* kDurationExamples = "a time such as 2h30m, 90min, 45s or 1d12h";

/// Parses durations such as "2h30m", "90min", "45s" and "1d12h". They consist of whole numbers with d, h, m
/// (or min) and s, each at most once and in this order. The total is at most a century. Returns nothing if
/// `text` is not such a duration.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace gpu_sweep
