// Completes the runs of a table: no run occurs twice, and models that share seeds have the same ones.
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

/// Refuses duplicate runs, models with only one run, and data sets with only one model. A run is missing if
/// its cell is empty, or if other models have its seed or fold and this model does not. Missing runs are
/// added as failed or left out, as `missing` says, and refused if it is absent. A model that shares no seed
/// or fold with any other model lacks only the runs of its empty cells. Only `seeds` and `resampling` of
/// `scores` are used, not its runs. Throws Error(kData).
void complete_runs(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
                   std::optional<MissingScores> missing);

}  // namespace gpu_sweep
