// Wording for models with runs that are missing from the metrics.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns, for example, "2 of 3 runs diverged", "all 3 runs diverged" or "its run diverged"; "no run yet" if
/// the model has no runs; "" if no run diverged.
std::string missing_runs_text(const ModelRuns& model);

/// Returns the model's name, followed by missing_runs_text in parentheses, unless that is empty.
std::string name_with_missing(const ModelRuns& model);

/// Lists the models that have no metrics at all, naming up to twelve: "a (all 3 runs diverged), b (no run
/// yet) and 7 more". Returns "" if every model has metrics.
std::string models_without_metrics(const std::vector<ModelRuns>& models);

/// Lists, in the form of models_without_metrics, the models that have metrics from only some of their runs.
std::string models_with_some_diverged(const std::vector<ModelRuns>& models);

}  // namespace gpu_sweep
