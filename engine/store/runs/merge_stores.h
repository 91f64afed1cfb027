// Merges stores that hold parts of one experiment.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

struct MergeOutcome {
  int added = 0;    ///< runs that `out` did not have
  int present = 0;  ///< runs that `out` already had, or got from an earlier shard
  /// Lines for the user: one for each damaged run of a shard and each damaged file of class probabilities,
  /// both of which are left out, and one for each instance of damage found in `out`.
  std::vector<std::string> damaged;
  int damaged_runs = 0;              ///< how many of these are runs of the shards
  std::vector<std::string> unread;   ///< files of class probabilities that could not be read; one line each
  std::vector<std::string> remarks;  ///< RunStore::remarks of the shards, and those of merged_settings
};

/// Adds every intact run of the stores in `shards` to the store in `out`, which is created if missing. Does
/// so in one transaction: a merge that is refused or killed adds no run, and repeating a merge adds nothing.
/// Then adds to the ledger of `out` the lost runs of the shards: those that a shard's ledger names but
/// neither the shard nor `out` has. Copies all class probabilities before the transaction, so a failed merge
/// may leave files of runs that `out` does not hold. Repeating the merge uses these files, and copies those
/// that could not be read before. Only reads the shards, and may miss runs added to them meanwhile. The
/// merged store has the looks of all stores (AnalysisSettings::looks). It has one more if `out` had all runs
/// of its experiment, the shards raise their number, and `is_look` (StoreOptions) returns true for that
/// experiment.
/// Throws Error(kUsage) if there are no shards or `out` is one of them; if the shards differ in experiment,
/// data, precision, device kind or numerics (the message states the difference); if two stores have different
/// results under one run's key (training time, objective and the model's name do not count); and in the cases
/// in which merged_settings throws. Throws Error(kCorrupt) if a shard's log is damaged. Otherwise throws what
/// RunStore throws.
MergeOutcome merge_stores(const std::filesystem::path& out, const std::vector<std::filesystem::path>& shards,
                          const std::function<bool(const Experiment& complete)>& is_look = {});

}  // namespace gpu_sweep
