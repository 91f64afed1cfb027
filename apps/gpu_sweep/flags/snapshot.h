// --snapshot-every: how often unfinished runs are saved.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "gpu_sweep/snapshot.h"

namespace gpu_sweep {

/// Five minutes: shorter runs write no snapshots.
inline constexpr SnapshotInterval kDefaultSnapshotInterval{0, 300};

/// Parses "20" (epochs), a time as parse_duration accepts it, or "never". Throws Error(kUsage).
SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text);

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval);

}  // namespace gpu_sweep
