// What the kept predictions of many runs say together: the test images seen by a whole model, not by one run.
// What their probabilities say is in calibration.h.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// For each image the share of the model's runs that predict its label. Empty unless every run (of at least
/// one) keeps as many predictions as there are labels.
std::vector<double> share_of_runs_right(const ModelRuns& model, std::span<const std::uint8_t> labels);

/// Votes[image * classes + c]: how many runs predict class c. Empty as above; `images` is the number
/// expected.
std::vector<int> votes(const ModelRuns& model, std::size_t images, int classes);

/// Accuracy of the majority vote of all runs, the lowest class on ties. Absent without predictions.
std::optional<double> ensemble_accuracy(const ModelRuns& model, std::span<const std::uint8_t> labels,
                                        int classes);

/// Share of test images on which two runs disagree, mean over all pairs of runs (churn). Needs no labels.
/// Absent below two runs with predictions.
std::optional<double> churn(const ModelRuns& model, int classes);

/// An image that runs get wrong.
struct MistakenImage {
  int index = 0;                 ///< row of the test set
  int label = 0;                 ///< true class
  double wrong_share = 0;        ///< share of the runs, over all models, that get it wrong
  int most_common_mistake = 0;   ///< the wrong class that most runs predict
  double most_common_share = 0;  ///< share of all runs that predict it
};

/// The images most often mistaken by the runs of all models together, the most often first (lowest index on
/// ties), at most `limit`. Images that no run gets wrong are left out.
std::vector<MistakenImage> most_mistaken(std::span<const ModelRuns> models,
                                         std::span<const std::uint8_t> labels, int classes, int limit);

}  // namespace gpu_sweep
