// The results in sentences. A report opens with them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/selection.h"

namespace gpu_sweep {

/// Says which models differ in validation accuracy, by how much and how surely, or "too few runs to tell" if
/// no comparison could show a difference (enough_runs). Plain text, not escaped. `comparisons` are those of
/// compare_models for validation accuracy.
std::string difference_sentence(std::span<const ModelRuns> models, std::span<const Comparison> comparisons);

/// Says which model the rule chooses and why.
std::string selection_sentence(std::span<const ModelRuns> models, const Selection& selection);

/// Says how uncertain the size of the test set makes a mean test accuracy, apart from seed noise. Empty if
/// the model has no runs or the size of the test set is unknown. If `labels` is empty, the binomial error is
/// given, which is an upper bound.
std::string test_set_sentence(const ModelRuns& model, std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
