// The most seeds and runs that an experiment may have.
#pragma once

#include <optional>
#include <string>

#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

struct Excess {
  std::string key;       ///< that is to blame: "seed" or "runs"
  std::string found;     ///< "200000 runs of 9 models"
  std::string expected;  ///< "at most 1000000 runs in all"
};

/// Returns what is too much: the last seed, or the runs of all models.
std::optional<Excess> excess_of(const Experiment& experiment);

}  // namespace gpu_sweep
