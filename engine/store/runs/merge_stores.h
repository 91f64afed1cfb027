// Stores of one experiment that were filled apart become one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

struct MergeOutcome {
  int added = 0;    ///< runs that `out` did not hold
  int present = 0;  ///< runs that it held, from before or from a shard read earlier
  /// Runs of the shards that do not match their checksums and files of class probabilities that are damaged,
  /// both left out, and what was found damaged in `out`: one line each for the user.
  std::vector<std::string> damaged;
  int damaged_runs = 0;              ///< runs of the shards among them
  std::vector<std::string> remarks;  ///< of the shards, as RunStore::remarks has them
};

/// Puts every finished run of the stores in `shards` into the store in `out`, which is made if need be, in
/// one transaction: a merge that is refused or killed has added no run, and one that is repeated adds
/// nothing. What the shards have lost by their ledgers and `out` lacks, its own ledger names from then on.
/// Class probabilities that the shards keep are all copied before that transaction, so such a merge
/// may leave files of runs that `out` does not hold; repeating it uses them. The shards are only read; runs
/// that one gains meanwhile may be missed. Throws Error(kUsage) with the difference where experiment, data,
/// precision, device kind or numerics are not the same everywhere, and where two stores have other figures
/// under one run's key (its time and its model's name do not count); else what RunStore throws.
MergeOutcome merge_stores(const std::filesystem::path& out, const std::vector<std::filesystem::path>& shards);

}  // namespace gpu_sweep
