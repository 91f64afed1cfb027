// --stop-after: limits training time, for batch queues that end a job when its time is up.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace gpu_sweep {

/// Parses a time as parse_duration accepts it. Throws Error(kUsage), also for a time of zero.
std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text);

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target);

}  // namespace gpu_sweep
