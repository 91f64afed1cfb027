// Compares two experiments. The result is shown as tables for a terminal or as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

struct ComparedExperiment {
  std::string directory;  ///< as the user named it
  const StoredExperiment* stored = nullptr;
  std::vector<ModelRuns> models;
};

/// Returns first minus second for validation accuracy, test accuracy and validation loss [metric][pair].
/// Compares models of equal name or, if no name is shared, every model of one with every model of the other.
/// Holm's correction covers the pairs of one metric. Validation metrics are left out unless both experiments
/// have the same validation rows and these took no part in training (judged_metric). Throws Error(kUsage) if
/// the experiments were trained on different data or have no finished runs of equal seeds, or if there are
/// too many pairs.
std::vector<std::vector<Comparison>> compare_experiments(const ComparedExperiment& first,
                                                         const ComparedExperiment& second);

/// Returns lines on what differs between the experiments, and then one block per metric, whose rows of
/// numbers are 100 columns wide. Ends with a newline.
std::string comparison_tables(const ComparedExperiment& first, const ComparedExperiment& second,
                              const std::vector<std::vector<Comparison>>& metrics);

/// Returns {"first", "second", "changes", "same_validation_rows", "comparisons": [{"first_model",
/// "second_model", "figure", "runs", "mean_difference", "interval", "wilcoxon_p", "wilcoxon_p_holm",
/// "sign_flip_p", "sign_flip_p_holm", "told", "holm_interval", "simultaneous_interval", "few_runs_carry",
/// "first_greater", "first_greater_interval"}]}. Values that need more runs are null. If the p-values allow
/// for a look after every seed, "interval" and the p of Wilcoxon's test and of sign flips are null, and
/// "anytime_p" and "anytime_p_holm" follow. "interval" is Student's, not corrected for other pairs. "told" is
/// true if and only if "holm_interval" excludes zero.
nlohmann::ordered_json comparison_json(const ComparedExperiment& first, const ComparedExperiment& second,
                                       const std::vector<std::vector<Comparison>>& metrics);

}  // namespace gpu_sweep
