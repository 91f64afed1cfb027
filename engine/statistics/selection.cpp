#include "engine/statistics/selection.h"

#include <algorithm>
#include <iterator>

#include "engine/statistics/methods/descriptive.h"
#include "engine/statistics/methods/equal_spread.h"

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

/// Returns those of the candidates whose spread is not told apart from the smallest spread.
std::vector<std::size_t> most_stable(std::span<const ModelRuns> models,
                                     std::span<const SpreadComparison> spreads,
                                     const std::vector<std::size_t>& candidates) {
  if (candidates.size() == 1) return candidates;
  const auto distance = [&](std::size_t i) {
    return mean_distance_from_median(values_of(models[i], kValidationAccuracy));
  };
  const std::size_t smallest =
      *std::min_element(candidates.begin(), candidates.end(),
                        [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  std::vector<bool> told(models.size());
  for (const SpreadComparison& each : spreads) {
    if (each.a == smallest) told[each.b] = each.told;
    if (each.b == smallest) told[each.a] = each.told;
  }
  std::vector<std::size_t> stable;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(stable),
               [&](std::size_t i) { return !told[i]; });
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

std::optional<Selection> select_highest_mean(std::span<const ModelRuns> models, double most_diverged) {
  Selection selection;
  selection.best = models.size();
  selection.most_diverged = most_diverged;
  selection.test_judges = true;
  const auto mean = [&](std::size_t at) { return mean_of(models[at], kValidationAccuracy); };
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    if (failures_of(models[i]).share > most_diverged) {
      selection.excluded.push_back(i);
    } else if (selection.best == models.size() || mean(i) > mean(selection.best)) {
      selection.best = i;
    }
  }
  if (selection.best == models.size()) return std::nullopt;
  selection.candidates = selection.stable = {selection.best};
  selection.chosen = selection.best;
  return selection;
}

std::optional<Selection> select_model(std::span<const ModelRuns> models,
                                      std::span<const Comparison> comparisons,
                                      std::span<const SpreadComparison> spreads,
                                      std::span<const double> costs, double most_diverged) {
  const std::optional<Selection> highest = select_highest_mean(models, most_diverged);
  if (!highest) return std::nullopt;
  std::vector<bool> eligible;
  for (const ModelRuns& model : models) eligible.push_back(!model.runs.empty());
  for (const std::size_t i : highest->excluded) eligible[i] = false;
  const auto eligible_models = static_cast<std::size_t>(std::ranges::count(eligible, true));
  if (eligible_models + highest->excluded.size() < 2) return std::nullopt;

  Selection selection = *highest;
  const int least = comparisons.empty() ? 1 : comparisons.front().fewest_runs();
  std::size_t rivals = 0;
  std::vector<bool> behind(models.size());
  for (const Comparison& each : comparisons) {
    if (!eligible[each.first] || !eligible[each.second]) continue;
    if (each.n < least) return std::nullopt;
    if (each.first != selection.best && each.second != selection.best) continue;
    const bool first = each.first == selection.best;
    // A model may lead on equal seeds although its mean over all of its runs is lower.
    const bool best_leads = first ? each.mean_difference > 0 : each.mean_difference < 0;
    selection.among_same = each.equivalence.has_value();
    behind[first ? each.second : each.first] =
        selection.among_same ? !each.same() && (best_leads || !each.told) : each.told && best_leads;
    ++rivals;
  }
  if (rivals + 1 != eligible_models) return std::nullopt;
  if (!comparisons.empty() && comparisons.front().metric.split != Split::kValidation) {
    selection = *highest;
    selection.judges = comparisons.front().metric.split;
    return selection;
  }
  selection.test_judges = false;
  selection.candidates.clear();
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (eligible[i] && !behind[i]) selection.candidates.push_back(i);
  }
  selection.by_spread = !spreads.empty();
  selection.stable = most_stable(models, spreads, selection.candidates);
  selection.chosen = *std::min_element(selection.stable.begin(), selection.stable.end(),
                                       [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
  return selection;
}

}  // namespace gpu_sweep
