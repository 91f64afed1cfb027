// Which runs of an experiment are not there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/experiment/experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

struct MissingRuns {
  int count = 0;
  std::vector<std::string> names;  ///< a line a model that lacks some: 'deep': seeds 3, 7 to 9
};

/// "seeds 3, 7 to 9" of ascending ones; at least one.
std::string seeds_text(const std::vector<std::uint64_t>& seeds);

/// `runs` are those of the experiment that are there.
MissingRuns missing_runs(const Experiment& experiment, const std::vector<RunRecord>& runs);

}  // namespace gpu_sweep
