// Checks that no run of a table occurs twice and that there are enough runs, and adds missing runs as failed
// runs or leaves them out.
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

/// Adds missing runs as failed runs or leaves them out, as `missing` says. A run is missing if its cell is
/// empty, or if its model lacks a seed or fold that other models have. There are three exceptions. A model
/// that shares no seed or fold with any other model lacks only the runs of empty cells, and so does a model
/// that left a race. If models got different numbers of seeds by design (Scores::until_decided) and `missing`
/// is absent, seeds that only other models have are not missing. Throws Error(kData) for duplicate runs, for
/// models with only one run or, with kNotRun, fewer than two scores, for data sets with only one model and,
/// if `missing` is absent, for missing runs. Uses only `seeds`, `resampling` and `until_decided` of `scores`,
/// not its runs.
void complete_runs(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
                   std::optional<MissingScores> missing);

}  // namespace gpu_sweep
