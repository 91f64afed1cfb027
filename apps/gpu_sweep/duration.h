// Times as flags take them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace gpu_sweep {

/// What flags say that expect a duration.
inline constexpr const char* kDurationExamples = "a time such as 2h30m, 90min, 45s or 1d12h";

/// "2h30m", "90min", "45s", "1d12h": whole numbers with d, h, m (or min) and s, each at most once and in this
/// order, a century in sum at most. Nothing where `text` is none.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace gpu_sweep
