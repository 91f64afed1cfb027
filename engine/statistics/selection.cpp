#include "engine/statistics/selection.h"

#include <algorithm>

#include "engine/statistics/descriptive.h"
#include "engine/statistics/equal_variances.h"
#include "engine/statistics/holm.h"

namespace gpu_sweep {
namespace {

struct Spread {
  double mean = 0;
  double std_n = 0;
};

Spread spread_of(const ModelRuns& model, const Figure& figure) {
  const Description found = describe(values_of(model, figure));
  return {found.mean, found.std_n};
}

/// The comparison of two models whichever way round it was made; null where there is none.
const Comparison* find(std::span<const Comparison> comparisons, const std::string& a, const std::string& b) {
  for (const Comparison& each : comparisons) {
    if ((each.a == a && each.b == b) || (each.a == b && each.b == a)) return &each;
  }
  return nullptr;
}

std::size_t best_model(std::span<const ModelRuns> models) {
  std::size_t best = models.size();
  double greatest = -1;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    const double mean = spread_of(models[i], kValidationAccuracy).mean;
    if (mean > greatest) {
      greatest = mean;
      best = i;
    }
  }
  return best;
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

/// Those whose spread cannot be told from the smallest.
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

std::vector<RankedFigure> study_ranks(std::span<const ModelRuns> models) {
  std::vector<RankedFigure> table;
  for (const bool spread : {false, true}) {
    for (const Figure& figure : kAllFigures) {
      if (figure.set == Set::kTest) continue;
      RankedFigure row{figure, spread, std::vector<double>(models.size()), std::vector<int>(models.size())};
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].runs.empty()) continue;
        const Spread found = spread_of(models[i], figure);
        row.value[i] = spread ? found.std_n : found.mean;
      }
      const auto better = [&](double a, double b) {
        return !spread && figure.higher_is_better() ? a > b : a < b;
      };
      for (std::size_t i = 0; i < models.size(); ++i) {
        if (models[i].runs.empty()) continue;
        row.rank[i] = 1;
        for (std::size_t j = 0; j < models.size(); ++j) {
          if (!models[j].runs.empty() && better(row.value[j], row.value[i])) ++row.rank[i];
        }
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
  selection.best = best_model(models);
  if (selection.best == models.size() || !enough_runs(comparisons)) return std::nullopt;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].runs.empty()) continue;
    if (i == selection.best) {
      selection.candidates.push_back(i);
      continue;
    }
    const Comparison* with_best = find(comparisons, models[i].model.name, models[selection.best].model.name);
    if (with_best == nullptr) return std::nullopt;
    if (!with_best->distinguishable()) selection.candidates.push_back(i);
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
