// Flags that override values of the experiment file: --runs, --epochs, --seed.
#pragma once

#include <CLI/CLI.hpp>

#include "gpu_sweep/experiment.h"

namespace gpu_sweep {

void add_override_flags(CLI::App& app, ExperimentOverrides& target);

}  // namespace gpu_sweep
