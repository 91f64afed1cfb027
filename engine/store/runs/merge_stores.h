// Merges stores that hold parts of one experiment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

struct MergeOutcome {
  int added = 0;    ///< runs that `out` did not have
  int present = 0;  ///< runs that it had already, or got from an earlier shard
  /// Runs of the shards that do not match their checksums and damaged files of class probabilities, both of
  /// which are left out, and damage found in `out`: one line each for the user.
  std::vector<std::string> damaged;
  int damaged_runs = 0;              ///< runs of the shards among them
  std::vector<std::string> remarks;  ///< RunStore::remarks of the shards
};

/// Adds every finished run of the stores in `shards` to the store in `out`, created if missing, in one
/// transaction: a merge that is refused or killed adds no run, and repeating a merge adds nothing. Runs that
/// the shards have lost by their ledgers and that `out` lacks are then named in the ledger of `out`. Class
/// probabilities of the shards are all copied before that transaction, so a failed merge may leave files of
/// runs that `out` does not hold; repeating it uses them. Only reads the shards; may miss runs added to them
/// meanwhile. Throws Error(kUsage) with the difference if the shards differ in experiment, data, precision,
/// device kind or numerics, or if two stores have different results under one run's key (its time and its
/// model's name do not count). Otherwise throws what RunStore throws.
MergeOutcome merge_stores(const std::filesystem::path& out, const std::vector<std::filesystem::path>& shards);

}  // namespace gpu_sweep
