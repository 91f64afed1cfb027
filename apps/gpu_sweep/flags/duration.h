// Durations as values of flags.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gpu_sweep {

/// What the error messages of duration flags say they expect.
inline constexpr const char* kDurationExamples = "a time such as 2h30m, 90min, 45s or 1d12h";

/// Parses "2h30m", "90min", "45s", "1d12h": whole numbers with d, h, m (or min) and s, each at most once and
/// in this order, at most a century in total. Returns nothing if `text` is not a duration.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace gpu_sweep
