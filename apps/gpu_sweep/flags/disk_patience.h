// --disk-patience: how long to wait for space on a full disk.
#pragma once

#include <chrono>
#include <string>

namespace CLI {
class App;
}

namespace gpu_sweep {

/// Parses a time as parse_duration accepts it, or "0". Throws Error(kUsage).
std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text);

/// Adds --disk-patience TIME.
void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience);

}  // namespace gpu_sweep
