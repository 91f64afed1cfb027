// What the kept predictions of the test split say about new images from the same source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/methods/two_way.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// The right and wrong answers of each run of several models on the test split. Models and labels are not
/// copied and must outlive this object. Only one thread at a time may use it.
class TestAnswers {
 public:
  /// `labels` [N] are the true classes.
  TestAnswers(std::span<const ModelRuns> models, std::span<const std::uint8_t> labels);
  /// Takes the answers from `all`, which must outlive this object. `models` are the models of `all` in the
  /// same order, with some of their runs. The predictions of a run are compared with the labels only once, in
  /// `all`, however many such objects there are.
  TestAnswers(std::span<const ModelRuns> models, const TestAnswers& all);

  /// Returns the two-way analysis, by runs and test images, of the answers of model `a` minus those of model
  /// `b` on their common seeds, where a right answer counts 1 and a wrong one 0. `a` and `b` are indices into
  /// the models. Absent if a run of either model does not keep N predictions, if the labels do not fit a run,
  /// or with fewer than two common seeds or images.
  std::optional<TwoWay> compare(std::size_t a, std::size_t b) const;

 private:
  struct Model {
    std::vector<std::uint64_t> seeds;  ///< [runs], ascending
    std::vector<bool> kept;            ///< [runs] whether the run keeps N predictions that the labels fit
    RightAnswers answers;              ///< all wrong where nothing is kept
    bool all_kept() const;
  };
  static Model pack(const ModelRuns& model, std::span<const std::uint8_t> labels);
  static Model take(const ModelRuns& model, const Model& all);
  const Model& model(std::size_t index) const;

  std::span<const ModelRuns> runs_;
  std::span<const std::uint8_t> labels_;
  const TestAnswers* all_ = nullptr;  ///< where the answers are taken from, if not from the runs
  mutable std::vector<std::optional<Model>> models_;  ///< [models], made when first asked for
};

/// Returns the level of a claim on new images: 5 % divided by the number of pairs of the study and by the
/// number of looks at its results (Bonferroni).
double new_images_level(std::size_t pairs, int looks);

/// Returns whether the kept predictions of `run` and the true classes `labels` give its confusion matrix of
/// the test split. True if the run has no such matrix.
bool fit(std::span<const std::uint8_t> labels, const RunRecord& run);

/// Sets `new_images` of `on_test`, the comparisons of test accuracies, and of the same pairs in `deciding`,
/// the comparisons of the metric that judges. Both may be the same vector. `first` and `second` of the
/// comparisons are indices into the models of `answers`. `looks` is as in new_images_level.
void judge_on_new_images(std::vector<Comparison>& on_test, std::vector<Comparison>& deciding,
                         const TestAnswers& answers, int looks);

}  // namespace gpu_sweep
