// Comparison of models on equal seeds: which differences are larger than seed noise?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/methods/interval.h"
#include "engine/statistics/methods/pair_tests.h"
#include "engine/statistics/methods/two_way.h"
#include "engine/statistics/methods/wilcoxon.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// With fewer pairs of runs than this, Wilcoxon's test is not made, because five pairs cannot give a p below
/// 0.06.
constexpr int kFewestRuns = 6;

/// When somebody may have looked at the results and chosen the number of runs by them.
enum class Looks : std::uint8_t {
  kOnce,       ///< at the end only: the number of runs was fixed beforehand
  kAfterEach,  ///< after every seed
};

/// What the answers of two models on the test images say about new images from the same source.
struct NewImages {
  TwoWay analysis;
  double level = 0;  ///< Bonferroni's level over all pairs of the family and all looks at the results
  /// The interval of the difference of test accuracies over new seeds and new images, at `level`. Infinite if
  /// the pair has too few runs to be told apart.
  Interval simultaneous;
  /// Whether one model is said to be better on new images (judge_on_new_images). This requires that the
  /// models are told apart (Comparison::told) by the metric that judges, that `simultaneous` lies on the same
  /// side of 0, and that the models differ on enough images.
  bool told = false;
};

/// Model a minus model b, over the seeds with which the runs of both finished.
struct Comparison {
  std::string a;
  std::string b;
  std::size_t first = 0;   ///< index of model a; see ModelPair
  std::size_t second = 0;  ///< index of model b
  Metric metric;
  int n = 0;               ///< pairs of runs
  std::size_t family = 0;  ///< pairs of models that the correction covers
  Looks looks = Looks::kOnce;
  /// Number of validation rows per training row, if the metric is of validation rows and every seed has its
  /// own validation rows; otherwise 0. If it is above 0, test_resampled decides. This test is given the same
  /// minimum number of runs as sign flips, and Bonferroni's correction counts the looks.
  double test_to_train = 0;
  double mean_difference = 0;
  std::optional<double> deviation;  ///< standard deviation of the differences (n - 1); absent for one pair

  /// The decision that decide_pairs makes over all pairs of the family. p comes from sign flips of the mean
  /// (test_paired) or, with Looks::kAfterEach, from test_anytime, unless test_to_train is above 0.
  double p = 1;
  double p_holm = 1;
  bool told = false;                       ///< the models are told apart: 0 is outside `interval`
  Interval interval;                       ///< at the pair's own Holm step; infinite if n is too small for it
  Interval simultaneous;                   ///< at Bonferroni's level; infinite if n is too small for it
  std::optional<Equivalence> equivalence;  ///< absent without a smallest difference that matters
  double trimmed_mean = 0;  ///< mean without the least and the greatest tenth of the differences, at least
                            ///< one each; the greatest difference with fewer than three

  std::optional<Interval>
      t_interval;  ///< of the mean difference, 95 %, without correction; absent below two pairs of runs
  /// Wilcoxon's test, as a second opinion that does not affect the decision. Absent below kFewestRuns pairs
  /// of runs. Both this test and `t_interval` are valid only if the number of runs was fixed beforehand, and
  /// are absent otherwise. Wilcoxon's test also requires that all runs share one split.
  std::optional<WilcoxonResult> wilcoxon;
  std::optional<double> wilcoxon_holm;

  /// Share of the pairs of runs in which a's metric is greater, ties counting half, with its 95 % interval.
  double greater_share = 0;
  std::optional<Interval> greater_interval;

  /// The claim about new images. It is made from test accuracies, whatever `metric` is. Absent unless
  /// judge_on_new_images sets it, which needs kept predictions and the labels of the test images.
  std::optional<NewImages> new_images;

  /// Returns whether a few outlying runs carry the difference: the models are told apart, but trimmed_mean
  /// differs from mean_difference by more than half of the latter.
  bool few_runs_carry() const;
  bool same() const { return equivalence && equivalence->same; }

  /// Returns the least number of runs with which a pair of this family can be told apart.
  int fewest_runs() const;
};

/// Two models to compare. Their Comparison keeps the caller's indices `first` and `second`.
struct ModelPair {
  const ModelRuns* a = nullptr;
  const ModelRuns* b = nullptr;
  std::size_t first = 0;
  std::size_t second = 0;
};

/// Compares the pairs of models that share a seed, in the order of `pairs`. The family consists of all pairs,
/// including those without a seed in common, and has at least `family` members. `limit` is the smallest
/// difference that matters, in the metric's unit.
std::vector<Comparison> compare_pairs(std::span<const ModelPair> pairs, const Metric& metric,
                                      std::size_t family = 0, std::optional<double> limit = {},
                                      Looks looks = Looks::kOnce);

/// With more models than this, compare_models returns only the pairs that include the best model, because
/// 5,000 models have 12 million pairs.
constexpr std::size_t kMostModelsPaired = 250;

/// Compares every pair (i, j), i < j, of models that share a seed. `first` and `second` of the result are the
/// indices i and j. The family consists of all pairs of `models`, and has at least `family` members: the
/// family of a study is all pairs of its models, including models without a finished run. With more than
/// kMostModelsPaired models, returns only the pairs that include the model with the highest mean validation
/// accuracy, whatever the metric. The family does not shrink in this case, so the selection of pairs does not
/// raise the family-wise error.
std::vector<Comparison> compare_models(std::span<const ModelRuns> models, const Metric& metric,
                                       std::optional<double> limit = {}, Looks looks = Looks::kOnce,
                                       std::size_t family = 0);

/// Returns kAfterEach if seeds were bought (until decided or in a race) or the study was extended after a
/// look, otherwise kOnce.
Looks looks_of(const AnalysisSettings& settings);

/// Tests the differences a - b of every pair of models a < b on the seeds that both finished. The pairs are
/// in ascending order of (a, b).
std::vector<PairTest> test_all_pairs(std::span<const ModelRuns> models, const Metric& metric, Looks looks);

/// Returns the least number of runs with which one of `pairs` pairs can be told apart.
int fewest_runs(std::size_t pairs, Looks looks);

inline std::size_t pairs_of(std::size_t models) { return models < 2 ? 0 : models * (models - 1) / 2; }

/// Returns whether at least one pair of the family has enough runs to be told apart.
bool can_tell_some(std::span<const Comparison> comparisons);

/// Returns whether each pair of the family has enough runs to be told apart at Bonferroni's level. True if
/// there are no pairs.
bool can_tell_each(std::span<const Comparison> comparisons);

}  // namespace gpu_sweep
