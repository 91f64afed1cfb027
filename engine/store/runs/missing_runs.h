// Finds the runs of an experiment that are missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

struct MissingRuns {
  int count = 0;
  std::vector<std::string> names;  ///< one line per incomplete model: 'deep': seeds 3, 7 to 9
};

/// Returns "seeds 3, 7 to 9". `seeds` are ascending and not empty.
std::string seeds_text(const std::vector<std::uint64_t>& seeds);

/// Returns the runs of the experiment that are not among the existing `runs`. If the tests choose the number
/// of seeds (AnalysisSettings::until_decided), a run counts as missing only if its model has a run with a
/// later seed.
MissingRuns missing_runs(const Experiment& experiment, const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
