// The analysis that the sections of a report share: the runs by model, and their comparisons.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/report/calibrations.h"
#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/reliability.h"
#include "engine/statistics/selection.h"
#include "engine/statistics/until_decided.h"
#include "gpu_sweep/dataset.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Records, experiment and images are not copied and must outlive this object.
struct ReportAnalysis {
  const StoredExperiment* stored = nullptr;
  std::span<const RunRecord> records;  ///< all that ended, ordered by (model, seed)
  const Dataset* images = nullptr;     ///< null if the data set is unavailable or a different one
  std::vector<ModelRuns> all_models;   ///< in the experiment's order
  std::vector<ModelRuns> models;       ///< those that have runs and did not leave a race
  std::size_t runs = 0;                ///< finished and finite
  int diverged = 0;
  Looks looks = Looks::kOnce;
  Design design;
  std::size_t family = 0;  ///< pairs of all models, which Holm's correction covers
  /// Of validation accuracy; indices into `models`. Empty if the test rows judge (judged_metric).
  std::vector<Comparison> on_validation;
  std::vector<Comparison> on_test;  ///< of test accuracy
  /// Of judged_metric over seeds. This test and the next need a number of runs fixed beforehand: both
  /// are empty with other looks.
  std::vector<SpreadComparison> on_spread;
  std::vector<FailureComparison> on_failures;  ///< of the runs that diverged, all models
  std::optional<Selection> selection;          ///< indices into `models`
  Calibrations calibrations;                   ///< empty if no class probabilities are kept

  Metric judged = kValidationAccuracy;  ///< judged_metric of the experiment

  /// Returns the comparisons that decide which models differ.
  const std::vector<Comparison>& deciding() const {
    return judged == kTestAccuracy ? on_test : on_validation;
  }

  /// Returns how the model, an index into `models`, compares with the highest mean validation accuracy: "the
  /// same as the best" within the smallest difference, "not told from the best", or "".
  std::string mark_of(std::size_t model) const;
  /// Returns difference_sentence of these results.
  std::string differences() const;
  /// Returns which models differ and which one is chosen: `differences`, and selection_sentence.
  std::string verdict() const;
  std::optional<double> limit() const;      ///< smallest difference of accuracies that matters, as a share
  int classes() const;                      ///< K of the confusion matrices, 0 without runs
  std::string class_name(int index) const;  ///< its number if it has no name
  /// Returns the true classes of the test set: those of the store, or those of `images`. Empty without
  /// either.
  std::span<const std::uint8_t> labels() const;
};

/// Analyzes the runs, which are ordered by (model, seed). `images` is used only if it has the hashes of the
/// experiment's data.
ReportAnalysis analyse(const StoredExperiment& stored, std::span<const RunRecord> runs, const Dataset* images,
                       Calibrations calibrations = {});

}  // namespace gpu_sweep
