// Checks the limits on the seeds and on the number of runs of an experiment.
#pragma once

#include <optional>
#include <string>

#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

struct Excess {
  std::string key;       ///< the key that exceeds its limit: "seed" or "runs"
  std::string found;     ///< "200000 runs of 9 models"
  std::string expected;  ///< "at most 1000000 runs in all"
};

/// Returns which limit is exceeded, by the last seed or by the number of runs of all models. Returns nothing
/// if none is.
std::optional<Excess> excess_of(const Experiment& experiment);

}  // namespace gpu_sweep
