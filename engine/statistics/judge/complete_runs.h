// Makes the runs of a table complete: each one once, and the same for every model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/judge/scores.h"

namespace gpu_sweep {

/// A score and where it stands.
struct ReadScore {
  Score score;
  int line = 0;
  bool missing = false;  ///< the cell is empty
};

/// Refuses runs that are there twice and models with one run. Runs that other models have are added as failed
/// ones or left out, as `missing` says; models that share no seed with any other have none missing.
/// `scores` says what the rows have, without its runs. Throws Error(kData).
void complete_runs(std::vector<ReadScore>& read, const std::string& file, const Scores& scores,
                   std::optional<MissingScores> missing);

}  // namespace gpu_sweep
