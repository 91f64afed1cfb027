#include "engine/statistics/reliability.h"

#include <algorithm>
#include <limits>

#include "engine/statistics/methods/equal_spread.h"
#include "engine/statistics/methods/failures.h"
#include "engine/statistics/methods/holm.h"

namespace gpu_sweep {
namespace {

bool has_finished(const ModelRuns& model, std::uint64_t seed) {
  const auto at =
      std::lower_bound(model.runs.begin(), model.runs.end(), seed,
                       [](const RunRecord* run, std::uint64_t value) { return run->seed < value; });
  return at != model.runs.end() && (*at)->seed == seed;
}

/// Returns the number of seeds on which `failing` diverged and `other` finished.
int only_first_failed(const ModelRuns& failing, const ModelRuns& other) {
  int found = 0;
  for (const std::uint64_t seed : failing.diverged_seeds) found += has_finished(other, seed) ? 1 : 0;
  return found;
}

int both_failed(const ModelRuns& a, const ModelRuns& b) {
  int found = 0;
  for (const std::uint64_t seed : a.diverged_seeds) {
    found += std::binary_search(b.diverged_seeds.begin(), b.diverged_seeds.end(), seed) ? 1 : 0;
  }
  return found;
}

/// Fills in `p_holm` and `told` of all pairs.
template <typename Pair>
void judge_by_holm(std::vector<Pair>& pairs, std::size_t family) {
  std::vector<double> p;
  for (const Pair& each : pairs) p.push_back(each.p);
  const std::vector<double> adjusted = holm_adjusted(p, family);
  const std::vector<HolmStep> steps = holm_steps(p, 1 - kConfidence, family);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].p_holm = adjusted[i];
    pairs[i].told = steps[i].rejected;
  }
}

std::size_t least_spread(std::span<const ModelRuns> models, const Metric& metric) {
  std::size_t found = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    const double distance = mean_distance_from_median(values_of(models[i], metric));
    if (distance >= least) continue;
    least = distance;
    found = i;
  }
  return found;
}

}  // namespace

Failures failures_of(int failed, int runs, Looks looks) {
  Failures found;
  found.failed = failed;
  found.runs = runs;
  found.interval = {0, 1};
  if (found.runs == 0) return found;
  found.share = static_cast<double>(found.failed) / found.runs;
  if (looks == Looks::kAfterEach) {
    found.interval = anytime_share_interval(found.failed, found.runs);
    found.upper = found.interval.high;
    return found;
  }
  found.interval = clopper_pearson_interval(found.failed, found.runs);
  found.upper = clopper_pearson_upper(found.failed, found.runs);
  return found;
}

Failures failures_of(const ModelRuns& model, Looks looks) {
  return failures_of(model.diverged, static_cast<int>(model.runs.size()) + model.diverged, looks);
}

std::vector<FailureComparison> compare_failures(std::span<const ModelRuns> models) {
  std::vector<FailureComparison> pairs;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; j < models.size(); ++j) {
      if (models[i].diverged == 0 && models[j].diverged == 0) continue;
      FailureComparison each;
      each.only_a = only_first_failed(models[i], models[j]);
      each.only_b = only_first_failed(models[j], models[i]);
      if (each.only_a + each.only_b == 0) continue;
      each.a = models[i].model.name;
      each.b = models[j].model.name;
      each.n = static_cast<int>(pair_on_seeds(models[i], models[j]).a.size()) + each.only_a + each.only_b +
               both_failed(models[i], models[j]);
      each.p = mcnemar_p(each.only_a, each.only_b);
      pairs.push_back(std::move(each));
    }
  }
  judge_by_holm(pairs, pairs_of(models.size()));
  return pairs;
}

std::vector<SpreadComparison> compare_spreads(std::span<const ModelRuns> models, const Metric& metric,
                                              std::size_t family) {
  const bool all = models.size() <= kMostModelsPaired;
  std::vector<SpreadComparison> pairs;
  const auto add = [&](std::size_t i, std::size_t j) {
    const PairedRuns common = pair_on_seeds(models[i], models[j]);
    if (common.a.empty()) return;
    std::vector<double> a;
    std::vector<double> b;
    for (const RunRecord* run : common.a) a.push_back(value_of(*run, metric));
    for (const RunRecord* run : common.b) b.push_back(value_of(*run, metric));
    SpreadComparison& each = pairs.emplace_back();
    each.a = i;
    each.b = j;
    each.n = static_cast<int>(a.size());
    each.distance_a = mean_distance_from_median(a);
    each.distance_b = mean_distance_from_median(b);
    if (each.n >= 3) each.p = equal_spread_p(a, b, models[i].test_to_train(metric));
  };
  const std::size_t steadiest = all ? 0 : least_spread(models, metric);
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; all && j < models.size(); ++j) add(i, j);
    if (!all && i != steadiest) add(std::min(i, steadiest), std::max(i, steadiest));
  }
  judge_by_holm(pairs, std::max(family, pairs_of(models.size())));
  return pairs;
}

}  // namespace gpu_sweep
