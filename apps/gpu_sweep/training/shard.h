// --shard I/N: this process trains one share of the experiment.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "apps/gpu_sweep/training/setup.h"

namespace gpu_sweep {

void add_shard_flag(CLI::App& app, std::optional<Shard>& target);

/// Parses I/N. Throws Error(kUsage) unless 1 <= I <= N.
Shard parse_shard_flag(const std::string& text);

/// Returns the default folder for an experiment's results: "results/quick", or "results/quick.shard-2-of-3"
/// for a shard.
std::string default_directory(const Experiment& experiment, const std::optional<Shard>& shard);

/// Returns planner options that are the same on every machine, whatever its memory and tuning. With them,
/// every machine divides an experiment into the same shards.
PlanOptions shard_options(const Setup& setup, int runs_of_model);

/// Returns those runs in `all`, the runs of the whole experiment, that belong to this shard. Without --shard,
/// returns all runs. Runs that share a key stay together. `options` must come from `shard_options`. Warns if
/// the shard is empty.
std::vector<RunSpec> runs_to_train(const std::vector<RunSpec>& all, const Setup& setup,
                                   const PlanOptions& options);

}  // namespace gpu_sweep
