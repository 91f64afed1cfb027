// --snapshot-every: how often long runs are kept before they are finished.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/train/snapshot.h"

namespace gpu_sweep {

/// Five minutes: runs that are shorter write none.
inline constexpr SnapshotInterval kDefaultSnapshotInterval{0, 300};

/// "20" epochs, a time as parse_duration takes it, or "never". Throws Error(kUsage).
SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text);

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval);

}  // namespace gpu_sweep
