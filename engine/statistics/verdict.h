// The results in sentences, which open a report, and what a number of runs can tell, before training.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/selection.h"

namespace gpu_sweep {

/// Says whether the model with the highest mean is better than the others by judged_metric, by how much and
/// with which interval, and which of the others are the same as it within the limit of `settings`. If there
/// are too few runs to tell any two models apart (can_tell_some) and no two are the same, it says so instead.
/// Names the runner-up, differences that a few runs carry, and diverged runs. Of models that left a race,
/// only diverged runs are mentioned. The result is plain text and is not escaped. `comparisons` are those of
/// compare_models for judged_metric, between the models that have runs and did not leave a race.
std::string difference_sentence(std::span<const ModelRuns> models, std::span<const Comparison> comparisons,
                                const AnalysisSettings& settings = {});

/// Says, before training, whether `runs` runs of each of `models` models can tell two apart: "4 runs of each
/// of 5 models cannot tell any two apart, whatever the scores: it takes 9". Empty for fewer than two models.
std::string what_runs_can_tell(std::size_t models, int runs);

/// Says which model the rule chooses and why.
std::string selection_sentence(std::span<const ModelRuns> models, const Selection& selection);

/// Says how uncertain a mean test accuracy is because of the size of the test set, separately from seed
/// noise. Empty if the model has no runs or the size of the test set is unknown. Without `labels` or kept
/// predictions, the sentence gives the binomial error, which is an upper bound.
std::string test_set_sentence(const ModelRuns& model, std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
