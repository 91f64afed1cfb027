// What the numbers say, in sentences. A report opens with them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/selection.h"

namespace gpu_sweep {

/// Which models differ in validation accuracy, by how much and how surely; "too few runs to tell" where no
/// result could tell (enough_runs). Plain text, not escaped. `comparisons` are compare_models's of validation
/// accuracy.
std::string difference_sentence(std::span<const ModelRuns> models, std::span<const Comparison> comparisons);

/// Which model the rule chooses and why.
std::string selection_sentence(std::span<const ModelRuns> models, const Selection& selection);

/// How far a mean test accuracy is uncertain by the test set's size, apart from seed noise. Empty where the
/// model has no runs or the size of the test set is not known. `labels` may be empty: then the binomial
/// error, an upper bound, is given.
std::string test_set_sentence(const ModelRuns& model, std::span<const std::uint8_t> labels);

}  // namespace gpu_sweep
