// How tables and charts name models of which runs are missing from the figures.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// "2 of 3 runs diverged", "all 3 runs diverged", "no run yet"; "" where every run here is in the figures.
std::string missing_runs_text(const ModelRuns& model);

/// The model's name, and in brackets what is missing.
std::string name_with_missing(const ModelRuns& model);

/// The models that have no figures at all: "a (all 3 runs diverged), b (no run yet) and 7 more"; "" where all
/// have some.
std::string models_without_figures(const std::vector<ModelRuns>& models);

/// Likewise those that have figures of some of their runs alone.
std::string models_with_some_diverged(const std::vector<ModelRuns>& models);

}  // namespace gpu_sweep
