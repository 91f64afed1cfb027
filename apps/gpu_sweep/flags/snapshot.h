// --snapshot-every: how often unfinished runs are saved.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/study/open_store.h"

namespace gpu_sweep {

/// Parses "20" (epochs), a time as parse_duration accepts it, or "never". Throws Error(kUsage).
SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text);

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval);

}  // namespace gpu_sweep
