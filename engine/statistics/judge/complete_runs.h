// Completes the runs of a table: no run occurs twice, and models that share a seed have all seeds in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/judge/scores.h"

namespace gpu_sweep {

/// A score and its line in the table.
struct ReadScore {
  Score score;
  int line = 0;
  bool missing = false;  ///< the cell is empty
};

/// Throws Error(kData) for duplicate runs, for models with only one run, for data sets with only one model
/// and, if `missing` is absent, for missing runs. Otherwise `missing` says whether missing runs are added as
/// failed or left out. A run is missing if its cell is empty, or if its model lacks a seed or fold that
/// other models have. Seeds bought until decided are not missing where only other models have them. A model
/// that shares no seed or fold with any other lacks only the runs of empty cells. Uses only `seeds` and
/// `resampling` of `scores`, not its runs.
void complete_runs(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
                   std::optional<MissingScores> missing);

}  // namespace gpu_sweep
