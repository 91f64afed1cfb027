// Comparison of models on equal seeds: which differences are larger than seed noise?
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/methods/interval.h"
#include "engine/statistics/methods/mean_differences.h"
#include "engine/statistics/methods/wilcoxon.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// With fewer pairs than this, no p-value is given and the verdict is "too few runs to tell". With five pairs
/// even the clearest result has p = 2 / 2^5 = 0.06.
constexpr int kFewestRuns = 6;

/// Model a minus model b, over the pairs of runs with equal seeds.
struct Comparison {
  std::string a;
  std::string b;
  Metric metric;
  int n = 0;  ///< pairs
  double mean_difference = 0;
  std::optional<Interval> t_interval;  ///< of the mean difference, 95 %; absent below two pairs

  /// Absent below kFewestRuns pairs. `*_holm` are adjusted over all comparisons of the metric.
  std::optional<WilcoxonResult> wilcoxon;
  std::optional<double> wilcoxon_holm;
  std::optional<double> sign_flip;
  std::optional<double> sign_flip_holm;

  /// Share of the pairs in which a's metric is greater, ties counting half, with its 95 % interval.
  double greater_share = 0;
  std::optional<Interval> greater_interval;

  /// The decision: Wilcoxon's p after Holm's correction is below 5 %, and the mean difference does not point
  /// the other way.
  bool distinguishable() const { return significant() && !divided(); }
  /// True if one model is better on most pairs but the other on average, because of a few outlying runs.
  bool divided() const { return significant() && wilcoxon->side * mean_difference < 0; }

 private:
  bool significant() const { return wilcoxon_holm && *wilcoxon_holm < 1 - kConfidence; }
};

/// Compares two models without correcting for multiplicity; `adjust_for_multiplicity` does that.
Comparison compare(const ModelRuns& a, const ModelRuns& b, const Metric& metric);

/// Fills in `*_holm` for comparisons that form one family.
void adjust_for_multiplicity(std::span<Comparison> comparisons);

/// Returns whether this family of adjusted comparisons can show a difference at all: each has a p, and there
/// are enough runs for so many comparisons.
bool enough_runs(std::span<const Comparison> comparisons);

/// With more models than this, only the best model is compared with each other one. 5,000 models would make
/// 12 million pairs, which take hours to compute and are too many to read.
constexpr std::size_t kMostModelsPaired = 50;

/// Returns whether `models` models are compared pair by pair.
inline bool compares_all_pairs(std::size_t models) { return models <= kMostModelsPaired; }

/// Returns the number of comparisons that compare_models makes of `models` models if all share a seed.
inline std::size_t comparisons_of(std::size_t models) {
  return compares_all_pairs(models) ? models * (models - 1) / 2 : models - 1;
}

/// Compares every pair (i, j), i < j, of models that share a seed, and adjusts for multiplicity. With more
/// than kMostModelsPaired models, only pairs with the model of highest mean validation accuracy are compared,
/// whatever the metric.
std::vector<Comparison> compare_models(std::span<const ModelRuns> models, const Metric& metric);

}  // namespace gpu_sweep
