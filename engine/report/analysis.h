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

/// The analysis of a study. Records, experiment and images are not copied and must outlive this object.
struct ReportAnalysis {
  const StoredExperiment* stored = nullptr;
  std::span<const RunRecord> records;  ///< all runs that ended, ordered by (model, seed)
  const Dataset* images = nullptr;     ///< null if the data set of the study is not available
  std::vector<ModelRuns> all_models;   ///< in the experiment's order
  std::vector<ModelRuns> models;       ///< those that have finite runs and did not leave a race
  std::size_t runs = 0;                ///< number of finished runs with finite metrics
  int diverged = 0;
  Looks looks = Looks::kOnce;
  Design design;
  std::size_t family = 0;  ///< number of pairs of all models, for Holm's correction
  /// Comparisons of validation accuracy. Their indices, and those of on_test and on_judging, refer to
  /// `models`. Empty if rows other than the validation rows judge (judged_metric).
  std::vector<Comparison> on_validation;
  std::vector<Comparison> on_test;     ///< of test accuracy
  std::vector<Comparison> on_judging;  ///< of the accuracy on the judging rows; empty unless these judge
  /// Comparisons of the spread of judged_metric over seeds. `on_spread` and `on_failures` are valid only if
  /// the number of runs was fixed beforehand; otherwise both are empty.
  std::vector<SpreadComparison> on_spread;
  std::vector<FailureComparison> on_failures;  ///< how often runs diverged, for all models
  std::optional<Selection> selection;          ///< indices into `models`
  Calibrations calibrations;                   ///< empty if no class probabilities are kept

  Metric judged = kValidationAccuracy;  ///< judged_metric of the experiment

  /// Returns the comparisons that decide which models differ.
  const std::vector<Comparison>& deciding() const { return this->*which_decide(); }
  std::vector<Comparison>& deciding() { return this->*which_decide(); }

  /// `model` is an index into `models`. Returns how this model compares with the one that has the highest
  /// mean validation accuracy. Returns "the same as the best" if the two are shown to be the same within the
  /// smallest difference that matters, and "not told from the best" if they are not told apart. Returns ""
  /// for the best itself, for models that differ from it, and if there are too few runs to show any
  /// difference.
  std::string mark_of(std::size_t model) const;
  /// Returns difference_sentence of these results. For an extended study with one pair, it completes the
  /// sentence on the extension (Design::opening): "This study was extended from 20 to 40 runs after a look;
  /// counting every look, p = 0.03 (as if planned, p = 0.01), so: “a” is better than ...".
  std::string differences() const;
  /// Returns selection_sentence of these results. Empty if no model is chosen.
  std::string choice() const;
  /// Returns `differences`, followed by `choice`.
  std::string verdict() const;
  std::optional<double> limit() const;      ///< smallest difference of accuracies that matters, as a share
  int classes() const;                      ///< K of the confusion matrices; 0 if no run is finite
  std::string class_name(int index) const;  ///< the number of the class if it has no name
  /// Returns the true classes of the test set, from the store or else from `images`. Empty if neither has
  /// them.
  std::span<const std::uint8_t> labels() const;

 private:
  std::vector<Comparison> ReportAnalysis::*which_decide() const {
    return judged == kTestAccuracy      ? &ReportAnalysis::on_test
           : judged == kJudgingAccuracy ? &ReportAnalysis::on_judging
                                        : &ReportAnalysis::on_validation;
  }
};

/// Analyzes the runs, which must be ordered by (model, seed). `images` is used only if its hashes are those
/// of the data on which the experiment was trained.
ReportAnalysis analyse(const StoredExperiment& stored, std::span<const RunRecord> runs, const Dataset* images,
                       Calibrations calibrations = {});

}  // namespace gpu_sweep
