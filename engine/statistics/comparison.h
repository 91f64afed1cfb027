// Model against model on equal seeds: which differences are more than seed noise?
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/interval.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/wilcoxon.h"

namespace gpu_sweep {

/// Below this many pairs no p-value is given: "too few runs to tell". Of five pairs even the clearest result
/// has p = 2 / 2^5 = 0.06.
constexpr int kFewestRuns = 6;

/// Fewest pairs of runs with which one of so many comparisons can be told, since Holm's correction multiplies
/// the least p by their number: kFewestRuns for one, 9 for ten.
int fewest_runs(std::size_t comparisons);

/// A minus b, pair by pair of equal seeds.
struct Comparison {
  std::string a;
  std::string b;
  Figure figure;
  int n = 0;  ///< pairs
  double mean_difference = 0;
  std::optional<Interval> t_interval;  ///< of the mean difference, 95 %; absent below two pairs

  /// Absent below kFewestRuns pairs. `*_holm` are adjusted over all comparisons of the figure.
  std::optional<WilcoxonResult> wilcoxon;
  std::optional<double> wilcoxon_holm;
  std::optional<double> sign_flip;
  std::optional<double> sign_flip_holm;

  /// Share of the pairs in which a's figure is the greater, ties counting half, with its 95 % interval.
  double greater_share = 0;
  std::optional<Interval> greater_interval;

  /// The decision: Wilcoxon's p after Holm's correction is below 5 %, and the mean takes the same side.
  bool distinguishable() const { return significant() && !divided(); }
  /// Most pairs speak for one model and the mean for the other: a few runs far off decide it.
  bool divided() const { return significant() && wilcoxon->side * mean_difference < 0; }

 private:
  bool significant() const { return wilcoxon_holm && *wilcoxon_holm < 1 - kConfidence; }
};

/// Without correction; `adjust_for_multiplicity` completes it.
Comparison compare(const ModelRuns& a, const ModelRuns& b, const Figure& figure);

/// Fills in `*_holm` of comparisons that form one family.
void adjust_for_multiplicity(std::span<Comparison> comparisons);

/// Whether these adjusted comparisons, one family, can tell anything: all have a p, and enough runs for it.
bool enough_runs(std::span<const Comparison> comparisons);

/// Among more models than this only the best is compared with each other one: the pairs of 5,000 models would
/// be 12 million, which take hours and which nobody reads.
constexpr std::size_t kMostModelsPaired = 50;

/// Whether so many models are compared pair by pair.
inline bool compares_all_pairs(std::size_t models) { return models <= kMostModelsPaired; }

/// The comparisons that compare_models makes of so many models that share their seeds.
inline std::size_t comparisons_of(std::size_t models) {
  return compares_all_pairs(models) ? models * (models - 1) / 2 : models - 1;
}

/// Every pair (i, j), i < j, of models that share a seed, adjusted. Of more than kMostModelsPaired models the
/// pairs of the one with the highest mean validation accuracy, whatever the figure.
std::vector<Comparison> compare_models(std::span<const ModelRuns> models, const Figure& figure);

}  // namespace gpu_sweep
