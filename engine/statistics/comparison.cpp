#include "engine/statistics/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/holm.h"
#include "engine/statistics/methods/proportion.h"
#include "engine/statistics/methods/sign_flip.h"

namespace gpu_sweep {

Comparison compare(const ModelRuns& a, const ModelRuns& b, const Metric& metric) {
  const PairedRuns pairs = pair_on_seeds(a, b);
  std::vector<double> differences;
  double greater = 0;
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    const double difference = value_of(*pairs.a[i], metric) - value_of(*pairs.b[i], metric);
    differences.push_back(difference);
    greater += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
  }

  Comparison result;
  result.a = a.model.name;
  result.b = b.model.name;
  result.metric = metric;
  result.n = static_cast<int>(differences.size());
  if (differences.empty()) return result;
  result.mean_difference = std::accumulate(differences.begin(), differences.end(), 0.0) / result.n;
  result.greater_share = greater / result.n;
  result.greater_interval = wilson_interval(greater, result.n);
  if (result.n >= 2) result.t_interval = t_interval_of_mean(differences);
  if (result.n >= kFewestRuns) {
    result.wilcoxon = wilcoxon_signed_rank(differences);
    result.sign_flip = sign_flip_p(whole_differences(differences));
  }
  return result;
}

void adjust_for_multiplicity(std::span<Comparison> comparisons) {
  std::vector<Comparison*> tested;
  std::vector<double> wilcoxon;
  std::vector<double> sign_flip;
  for (Comparison& each : comparisons) {
    if (!each.wilcoxon) continue;
    tested.push_back(&each);
    wilcoxon.push_back(each.wilcoxon->p);
    sign_flip.push_back(each.sign_flip.value());
  }
  wilcoxon = holm_adjusted(wilcoxon);
  sign_flip = holm_adjusted(sign_flip);
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i]->wilcoxon_holm = wilcoxon[i];
    tested[i]->sign_flip_holm = sign_flip[i];
  }
}

bool enough_runs(std::span<const Comparison> comparisons) {
  int most = 0;
  for (const Comparison& each : comparisons) {
    if (!each.wilcoxon_holm) return false;
    most = std::max(most, each.n);
  }
  return most >= fewest_runs(comparisons.size());
}

std::vector<Comparison> compare_models(std::span<const ModelRuns> models, const Metric& metric) {
  std::vector<Comparison> comparisons;
  const auto add = [&](std::size_t i, std::size_t j) {
    Comparison each = compare(models[i], models[j], metric);
    if (each.n > 0) comparisons.push_back(std::move(each));
  };
  const bool all_pairs = compares_all_pairs(models.size());
  const std::size_t best = best_by_validation(models);
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (std::size_t j = i + 1; all_pairs && j < models.size(); ++j) add(i, j);
    if (!all_pairs && i != best) add(std::min(i, best), std::max(i, best));
  }
  adjust_for_multiplicity(comparisons);
  return comparisons;
}

}  // namespace gpu_sweep
