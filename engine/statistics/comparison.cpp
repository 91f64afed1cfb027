#include "engine/statistics/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/statistics/methods/anytime.h"
#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/estimate.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/proportion.h"
#include "engine/statistics/sampling_error.h"

namespace gpu_sweep {
namespace {

double smallest_step(const ModelRuns& model, const Metric& metric) {
  const int images = metric.measure == Measure::kAccuracy ? images_of(model, metric.split) : 0;
  return images == 0 ? 0 : 1.0 / images;
}

/// Tests the differences of a pair of models if every seed has its own split of the data. `looks` is the
/// number of times at which the results were looked at, for Bonferroni's correction. With fewer than `least`
/// differences, p is 1 and the interval is infinite.
PairTest test_over_splits(std::span<const double> differences, double test_to_train, int looks, int least) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  PairTest test = test_resampled(differences, test_to_train);
  if (test.n_a < std::max(2, least)) {
    test.p = 1;
    test.interval = [](double) { return Interval{-kInfinity, kInfinity}; };
    test.equivalence_p = {};
  } else if (looks > 1) {
    test.p = std::min(1.0, looks * test.p);
    test.interval = [one = test.interval, looks](double level) { return one(level / looks); };
    test.equivalence_p = [one = test.equivalence_p, looks](double limit) {
      return std::min(1.0, looks * one(limit));
    };
  }
  return test;
}

/// Returns Comparison::test_to_train of a pair of models.
double test_to_train_of(const ModelRuns& a, const ModelRuns& b, const Metric& metric) {
  return std::max(a.test_to_train(metric), b.test_to_train(metric));
}

/// Tests a pair of models on a metric. `pairs` is the size of the family.
PairTest test_of(const ModelRuns& a, const ModelRuns& b, std::span<const double> differences,
                 const Metric& metric, Looks looks, std::size_t pairs) {
  const double ratio = test_to_train_of(a, b, metric);
  if (ratio > 0) {
    const int counted = looks == Looks::kOnce ? 1 : std::max(a.own_splits.looks, b.own_splits.looks);
    return test_over_splits(differences, ratio, counted, fewest_runs(pairs));
  }
  const double step = smallest_step(a, metric);
  return looks == Looks::kOnce ? test_paired(differences, step) : test_anytime(differences, step);
}

double trimmed_mean_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto cut = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, values.size() / 10));
  const auto left = static_cast<std::ptrdiff_t>(values.size()) - 2 * cut;
  if (left < 1) return values[values.size() / 2];
  return std::accumulate(values.begin() + cut, values.end() - cut, 0.0) / static_cast<double>(left);
}

/// Fills in the members that describe the differences of this pair. The decision is filled in later, with
/// those of the other pairs.
void describe_pair(const std::vector<double>& differences, Comparison& result) {
  double greater = 0;
  for (const double difference : differences) greater += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
  result.n = static_cast<int>(differences.size());
  result.mean_difference = std::accumulate(differences.begin(), differences.end(), 0.0) / result.n;
  result.trimmed_mean = trimmed_mean_of(differences);
  result.greater_share = greater / result.n;
  result.greater_interval = wilson_interval(greater, result.n);
  result.deviation = describe(differences).std_n_minus_1;
  if (result.looks != Looks::kOnce) return;
  if (result.n >= 2) {
    result.t_interval = result.test_to_train > 0
                            ? resampled_estimate(differences, result.test_to_train).interval()
                            : t_interval_of_mean(differences);
  }
  if (result.n >= kFewestRuns && result.test_to_train == 0)
    result.wilcoxon = wilcoxon_signed_rank(differences);
}

void adjust_second_opinion(std::vector<Comparison>& comparisons, std::size_t family) {
  std::vector<double> p;
  for (const Comparison& each : comparisons) {
    if (each.wilcoxon) p.push_back(each.wilcoxon->p);
  }
  p = holm_adjusted(p, family);
  auto next = p.begin();
  for (Comparison& each : comparisons) {
    if (each.wilcoxon) each.wilcoxon_holm = *next++;
  }
}

}  // namespace

bool Comparison::few_runs_carry() const {
  return told && std::abs(mean_difference - trimmed_mean) > 0.5 * std::abs(mean_difference);
}

int Comparison::fewest_runs() const {
  return test_to_train > 0 ? gpu_sweep::fewest_runs(family) : gpu_sweep::fewest_runs(family, looks);
}

Looks looks_of(const AnalysisSettings& settings) {
  return settings.until_decided || !settings.looks.empty() ? Looks::kAfterEach : Looks::kOnce;
}

int fewest_runs(std::size_t pairs, Looks looks) {
  return looks == Looks::kOnce ? fewest_runs(pairs) : fewest_anytime_runs(pairs);
}

std::vector<Comparison> compare_pairs(std::span<const ModelPair> pairs, const Metric& metric,
                                      std::size_t family, std::optional<double> limit, Looks looks) {
  family = std::max(family, pairs.size());
  std::vector<Comparison> comparisons;
  std::vector<PairTest> tests;
  for (const ModelPair& pair : pairs) {
    const std::vector<double> differences = differences_of(*pair.a, *pair.b, metric);
    if (differences.empty()) continue;
    Comparison& each = comparisons.emplace_back();
    each.a = pair.a->model.name;
    each.b = pair.b->model.name;
    each.first = pair.first;
    each.second = pair.second;
    each.metric = metric;
    each.looks = looks;
    each.test_to_train = test_to_train_of(*pair.a, *pair.b, metric);
    describe_pair(differences, each);
    tests.push_back(test_of(*pair.a, *pair.b, differences, metric, looks, family));
    each.p = tests.back().p;
  }
  const std::vector<PairDecision> decisions = decide_pairs(tests, {family, limit, {}});
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    Comparison& each = comparisons[i];
    each.family = family;
    each.p_holm = decisions[i].p_holm;
    each.told = decisions[i].told;
    each.interval = decisions[i].interval.value();
    each.simultaneous = decisions[i].simultaneous.value();
    each.equivalence = decisions[i].equivalence;
  }
  adjust_second_opinion(comparisons, family);
  return comparisons;
}

std::vector<Comparison> compare_models(std::span<const ModelRuns> models, const Metric& metric,
                                       std::optional<double> limit, Looks looks, std::size_t family) {
  std::vector<ModelPair> pairs;
  const bool all = models.size() <= kMostModelsPaired;
  const std::size_t best = all ? 0 : best_by_validation(models);
  const auto add = [&](std::size_t i, std::size_t j) { pairs.push_back({&models[i], &models[j], i, j}); };
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; all && j < models.size(); ++j) add(i, j);
    if (!all && i != best) add(std::min(i, best), std::max(i, best));
  }
  return compare_pairs(pairs, metric, std::max(family, pairs_of(models.size())), limit, looks);
}

std::vector<PairTest> test_all_pairs(std::span<const ModelRuns> models, const Metric& metric, Looks looks) {
  std::vector<PairTest> tests;
  for (std::size_t a = 0; a < models.size(); ++a) {
    for (std::size_t b = a + 1; b < models.size(); ++b) {
      tests.push_back(test_of(models[a], models[b], differences_of(models[a], models[b], metric), metric,
                              looks, pairs_of(models.size())));
    }
  }
  return tests;
}

bool can_tell_some(std::span<const Comparison> comparisons) {
  if (comparisons.empty()) return false;
  const int least = comparisons.front().fewest_runs();
  return std::any_of(comparisons.begin(), comparisons.end(),
                     [&](const Comparison& each) { return each.n >= least; });
}

bool can_tell_each(std::span<const Comparison> comparisons) {
  if (comparisons.empty()) return true;
  const int least = comparisons.front().fewest_runs();
  return std::all_of(comparisons.begin(), comparisons.end(),
                     [&](const Comparison& each) { return each.n >= least; });
}

}  // namespace gpu_sweep
