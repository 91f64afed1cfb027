// Claims about runs that do not concern their mean: how often they diverge, and how far they spread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/methods/interval.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// The share of a model's runs that diverged.
struct Failures {
  int failed = 0;
  int runs = 0;      ///< all runs that ended, including diverged ones
  double share = 0;  ///< 0 without runs
  /// 95 % interval of the share, by Clopper and Pearson or, with Looks::kAfterEach, by
  /// anytime_share_interval. 0 to 1 without runs.
  Interval interval;
  double upper = 1;  ///< 95 % upper bound of the share, one tail; with Looks::kAfterEach interval.high
};
Failures failures_of(int failed, int runs, Looks looks = Looks::kOnce);
Failures failures_of(const ModelRuns& model, Looks looks = Looks::kOnce);

/// How often two models diverged on the seeds on which both either finished or diverged.
struct FailureComparison {
  std::string a;
  std::string b;
  int n = 0;       ///< number of these seeds
  int only_a = 0;  ///< seeds on which only a diverged
  int only_b = 0;
  double p = 1;       ///< McNemar's exact test
  double p_holm = 1;  ///< after Holm's correction over all pairs
  bool told = false;
};

/// Returns the pairs of models with a seed on which one of them diverged and the other finished. Holm's
/// correction covers all pairs of `models`.
std::vector<FailureComparison> compare_failures(std::span<const ModelRuns> models);

/// The spreads of two models over their common seeds.
struct SpreadComparison {
  std::size_t a = 0;  ///< index into the models
  std::size_t b = 0;
  int n = 0;
  double distance_a = 0;  ///< mean distance from the median
  double distance_b = 0;
  double p = 1;       ///< equal_spread_p; 1 below three pairs of runs
  double p_holm = 1;  ///< after Holm's correction over all pairs
  bool told = false;
};

/// Compares, as one family, the spread of a metric over seeds between all pairs of models that share a seed.
/// With more than kMostModelsPaired models, returns only the pairs that include the model with the smallest
/// spread. The correction covers all pairs of `models`, and at least `family` pairs.
std::vector<SpreadComparison> compare_spreads(std::span<const ModelRuns> models, const Metric& metric,
                                              std::size_t family = 0);

}  // namespace gpu_sweep
