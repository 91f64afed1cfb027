// Selection of a model. It does not use the test set.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"
#include "engine/statistics/reliability.h"

namespace gpu_sweep {

/// One metric of the tables of the reference study (docs/what_is_computed.md), with the rank of each model.
/// Rank 1 is the best, and equal values share a rank. The authors of that study weighed these ranks by eye.
struct RankedMetric {
  Metric metric;
  bool spread = false;        ///< ranks the standard deviation over runs, not the mean
  std::vector<double> value;  ///< by model
  std::vector<int> rank;      ///< by model; 0 without runs
};

/// Ranks the models by the mean and by the spread of accuracy and of loss on the training and the validation
/// set.
std::vector<RankedMetric> study_ranks(std::span<const ModelRuns> models);

/// The choice by rule, as indices into the models. The best model is the one with the highest mean validation
/// accuracy. The rule starts from the models that are not shown to be worse than the best. If a smallest
/// difference that matters was stated, it starts instead from the models that are shown to be the same as the
/// best within this difference, whether or not they are told apart from it, or to be better than the best on
/// equal seeds. Of these models it keeps those whose spread is not told apart from the smallest spread, and
/// of the kept models it takes the cheapest. Where rows other than the validation rows judge (judged_metric),
/// the choice is simply the model with the highest mean validation accuracy.
struct Selection {
  std::size_t best = 0;  ///< highest mean validation accuracy of those that may be chosen
  double most_diverged = AnalysisSettings{}.max_diverged;  ///< the largest share of diverged runs allowed
  std::vector<std::size_t> excluded;  ///< models of whose runs a greater share diverged than allowed
  bool among_same = false;            ///< a smallest difference that matters was stated
  bool by_spread = false;             ///< spreads were compared
  bool test_judges = false;           ///< rows other than the validation rows judge; the choice is `best`
  Split judges = Split::kTest;        ///< the split of those rows, if test_judges
  /// The models that are not shown to be worse than `best`, including `best`. With among_same, the models
  /// that are shown to be the same as `best` or better on equal seeds, including `best`.
  std::vector<std::size_t> candidates;
  std::vector<std::size_t> stable;  ///< those candidates whose spread is not told apart from the smallest
  std::size_t chosen = 0;           ///< the model of `stable` with the lowest cost
};

/// Returns the choice for studies whose models are not judged by validation rows, for example races: the
/// model with the highest mean validation accuracy, the first one on ties. A model may be chosen if it has
/// finite runs and the share of its runs that diverged is at most `most_diverged`. Absent if there are no
/// such models.
std::optional<Selection> select_highest_mean(std::span<const ModelRuns> models, double most_diverged);

/// Selects a model. `comparisons` and `spreads` are those of compare_models and compare_spreads for
/// judged_metric. `spreads` is empty if spreads are not to be compared. `costs` [models] are the operations
/// per training run. Excludes models whose share of diverged runs is above `most_diverged`. Absent if a pair
/// of models that may be chosen has too few runs in common to be told apart (can_tell_each), if `comparisons`
/// lack the pair of Selection::best and another such model, if no model may be chosen, or if fewer than two
/// models have runs.
std::optional<Selection> select_model(std::span<const ModelRuns> models,
                                      std::span<const Comparison> comparisons,
                                      std::span<const SpreadComparison> spreads,
                                      std::span<const double> costs,
                                      double most_diverged = AnalysisSettings{}.max_diverged);

}  // namespace gpu_sweep
