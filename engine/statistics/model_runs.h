// The runs of one model, as the statistics use them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/metric.h"
#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// Describes a study in which every seed has its own split (SplitPolicy::kPerRun). The validation metrics of
/// two seeds are then computed on different rows, after training on sets that overlap.
struct OwnSplits {
  double validation_to_train = 0;  ///< validation rows per training row; 0: all runs share one split
  int looks = 1;  ///< number of looks at the results: AnalysisSettings::looks and the last one
};

/// A model and its runs. The records are not copied and must outlive this object.
struct ModelRuns {
  ModelSpec model;
  std::vector<const RunRecord*> runs;  ///< finished and finite, seeds ascending
  int diverged = 0;  ///< number of runs that are left out because is_finite is false for them
  std::vector<std::uint64_t> diverged_seeds = {};  ///< [diverged], ascending
  std::optional<int> left_after = {};              ///< number of seeds after which it left a race, if it did
  OwnSplits own_splits = {};

  int ended() const { return static_cast<int>(runs.size()) + diverged; }

  /// Returns OwnSplits::validation_to_train for a metric of the validation split, 0 for others.
  double test_to_train(const Metric& metric) const {
    return metric.split == Split::kValidation ? own_splits.validation_to_train : 0;
  }
};

/// Returns the models of the experiment in its order, including those without runs. Runs of other models are
/// ignored.
std::vector<ModelRuns> runs_by_model(const Experiment& experiment, std::span<const RunRecord> runs);

/// Returns the models of a store's experiment, as runs_by_model does for an experiment. Also fills in
/// `own_splits` if every seed has its own split.
std::vector<ModelRuns> runs_by_model(const StoredExperiment& stored, std::span<const RunRecord> runs);

/// Describes the metric over the runs of the model, which must have at least one. If every run has its own
/// split, the standard error and the interval of a validation metric come from resampled_estimate.
Description describe(const ModelRuns& model, const Metric& metric);

/// Returns the metric of each run, in the order of `runs`.
std::vector<double> values_of(const ModelRuns& model, const Metric& metric);

/// Returns the mean over the runs, or NaN without runs.
double mean_of(const ModelRuns& model, const Metric& metric);

/// Returns the index of the model with the highest mean validation accuracy, the first one on ties. Without
/// validation rows, returns the index of the first model with runs. Returns models.size() if no model has
/// runs.
std::size_t best_by_validation(std::span<const ModelRuns> models);

/// The runs of two models whose seeds match, seeds ascending.
struct PairedRuns {
  std::vector<const RunRecord*> a;  ///< [n]
  std::vector<const RunRecord*> b;  ///< [n]
};
PairedRuns pair_on_seeds(const ModelRuns& a, const ModelRuns& b);

/// Returns a - b of the metric for each pair of pair_on_seeds.
std::vector<double> differences_of(const ModelRuns& a, const ModelRuns& b, const Metric& metric);

}  // namespace gpu_sweep
