#include "engine/statistics/selection.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/equal_variances.h"
#include "engine/statistics/methods/holm.h"

namespace gpu_sweep {
namespace {

struct Spread {
  double mean = 0;
  double std_n = 0;
};

Spread spread_of(const ModelRuns& model, const Metric& metric) {
  const Description found = describe(values_of(model, metric));
  return {found.mean, found.std_n};
}

/// Returns the comparisons with `best`, in either order, keyed by the other model.
std::unordered_map<std::string_view, const Comparison*> with_best(std::span<const Comparison> comparisons,
                                                                  const std::string& best) {
  std::unordered_map<std::string_view, const Comparison*> found;
  for (const Comparison& each : comparisons) {
    if (each.a == best) found.emplace(each.b, &each);
    if (each.b == best) found.emplace(each.a, &each);
  }
  return found;
}

double pitman_morgan(const ModelRuns& a, const ModelRuns& b) {
  const PairedRuns pairs = pair_on_seeds(a, b);
  std::vector<double> left;
  std::vector<double> right;
  for (std::size_t i = 0; i < pairs.a.size(); ++i) {
    left.push_back(value_of(*pairs.a[i], kValidationAccuracy));
    right.push_back(value_of(*pairs.b[i], kValidationAccuracy));
  }
  return left.size() < 3 ? 1 : pitman_morgan_p(left, right);
}

/// Returns the candidates whose spread cannot be told apart from the smallest.
std::vector<std::size_t> most_stable(std::span<const ModelRuns> models,
                                     const std::vector<std::size_t>& candidates) {
  const auto spread = [&](std::size_t i) { return spread_of(models[i], kValidationAccuracy).std_n; };
  const std::size_t smallest =
      *std::min_element(candidates.begin(), candidates.end(),
                        [&](std::size_t a, std::size_t b) { return spread(a) < spread(b); });
  std::vector<double> p;
  for (const std::size_t i : candidates) {
    if (i != smallest) p.push_back(pitman_morgan(models[i], models[smallest]));
  }
  p = holm_adjusted(p);
  std::vector<std::size_t> stable;
  auto next = p.begin();
  for (const std::size_t i : candidates) {
    if (i == smallest || *next++ >= 1 - kConfidence) stable.push_back(i);
  }
  return stable;
}

}  // namespace

std::vector<RankedMetric> study_ranks(std::span<const ModelRuns> models) {
  std::vector<RankedMetric> table;
  for (const bool spread : {false, true}) {
    for (const Metric& metric : kAllMetrics) {
      if (metric.split == Split::kTest) continue;
      RankedMetric row{metric, spread, std::vector<double>(models.size()), std::vector<int>(models.size())};
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].runs.empty()) continue;
        const Spread found = spread_of(models[i], metric);
        row.value[i] = spread ? found.std_n : found.mean;
      }
      const auto better = [&](double a, double b) {
        return !spread && metric.higher_is_better() ? a > b : a < b;
      };
      std::vector<double> order;
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (!models[i].runs.empty()) order.push_back(row.value[i]);
      }
      std::ranges::sort(order, better);
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].runs.empty()) continue;
        row.rank[i] =
            static_cast<int>(std::ranges::lower_bound(order, row.value[i], better) - order.begin()) + 1;
      }
      table.push_back(std::move(row));
    }
  }
  return table;
}

std::optional<Selection> select_model(std::span<const ModelRuns> models,
                                      std::span<const Comparison> comparisons,
                                      std::span<const double> costs) {
  Selection selection;
  selection.best = best_by_validation(models);
  if (selection.best == models.size() || !enough_runs(comparisons)) return std::nullopt;
  const auto rivals = with_best(comparisons, models[selection.best].model.name);
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    if (i == selection.best) {
      selection.candidates.push_back(i);
      continue;
    }
    const auto rival = rivals.find(models[i].model.name);
    if (rival == rivals.end()) return std::nullopt;
    if (!rival->second->distinguishable()) selection.candidates.push_back(i);
  }
  const auto with_runs =
      std::count_if(models.begin(), models.end(), [](const ModelRuns& model) { return !model.runs.empty(); });
  if (with_runs < 2) return std::nullopt;
  selection.stable = most_stable(models, selection.candidates);
  selection.chosen = *std::min_element(selection.stable.begin(), selection.stable.end(),
                                       [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  return selection;
}

}  // namespace gpu_sweep
