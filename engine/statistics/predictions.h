// Statistics over all runs of one or several models, computed from the test predictions that the runs keep.
// For statistics of kept probabilities see calibration.h.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// Returns, for each image, the share of the model's runs that predict its label. Empty unless there is at
/// least one run and every run keeps as many predictions as there are labels.
std::vector<double> share_of_runs_right(const ModelRuns& model, std::span<const std::uint8_t> labels);

/// Returns votes with votes[image * classes + c] = number of runs that predict class c for the image. Empty
/// unless there is at least one run and every run keeps `images` predictions.
std::vector<int> votes(const ModelRuns& model, std::size_t images, int classes);

/// Returns the accuracy of the majority vote of all runs, with ties going to the lowest class. Absent if
/// votes() is empty.
std::optional<double> ensemble_accuracy(const ModelRuns& model, std::span<const std::uint8_t> labels,
                                        int classes);

/// Returns the share of test images on which two runs disagree, averaged over all pairs of runs (churn).
/// Needs no labels. Absent with fewer than two runs, without predictions, or if two runs keep different
/// numbers of them.
std::optional<double> churn(const ModelRuns& model, int classes);

/// An image that at least one run gets wrong.
struct MistakenImage {
  int index = 0;                 ///< row of the test set
  int label = 0;                 ///< true class
  double wrong_share = 0;        ///< share of the runs of all models that get it wrong
  int most_common_mistake = 0;   ///< the wrong class that most runs predict
  double most_common_share = 0;  ///< share of all runs that predict this class
};

/// Returns at most `limit` images that the runs of all models get wrong most often, the worst first (lowest
/// index on ties). Leaves out images that no run gets wrong, and models with a run that lacks predictions.
std::vector<MistakenImage> most_mistaken(std::span<const ModelRuns> models,
                                         std::span<const std::uint8_t> labels, int classes, int limit);

}  // namespace gpu_sweep
