// --stop-after: how long a command may train, for batch queues that end it when its time is over.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace gpu_sweep {

/// As parse_duration takes it. Throws Error(kUsage), also for no time at all.
std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text);

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target);

}  // namespace gpu_sweep
