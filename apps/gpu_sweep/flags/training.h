// The flags that override an experiment file (--runs, --epochs, --seed, --smallest-difference,
// --max-diverged), and those that control a training (--snapshot-every, --stop-after, --disk-patience).
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "engine/study/open_store.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// Parses "20" (epochs), a time as parse_duration accepts it, or "never". Throws Error(kUsage).
SnapshotInterval parse_snapshot_interval(const std::string& flag, const std::string& text);

void add_snapshot_flag(CLI::App& app, SnapshotInterval& interval);

/// Adds --runs, --epochs, --seed and the analysis flags, which override the experiment file.
void add_override_flags(CLI::App& app, ExperimentOverrides& target);

/// Adds the flags that do not affect any run: --smallest-difference and --max-diverged.
void add_analysis_flags(CLI::App& app, ExperimentOverrides& target);

/// Returns `stored` with the analysis settings that `overrides` states, which count as stated after its runs
/// had finished (stated_for_finished_runs).
StoredExperiment judged_by(StoredExperiment stored, const ExperimentOverrides& overrides);

/// Parses a time, as parse_duration does. Throws Error(kUsage); a time of zero is an error, too.
std::chrono::seconds parse_stop_after(const std::string& flag, const std::string& text);

void add_stop_after_flag(CLI::App& app, std::optional<std::chrono::seconds>& target);

/// Parses a time, as parse_duration does, or "0". Throws Error(kUsage).
std::chrono::seconds parse_disk_patience(const std::string& flag, const std::string& text);

/// Adds --disk-patience TIME.
void add_disk_patience_flag(CLI::App& app, std::chrono::seconds& patience);

}  // namespace gpu_sweep
