// Which model to take. The test set takes no part in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/comparison.h"
#include "engine/statistics/model_runs.h"

namespace gpu_sweep {

/// One figure of the study's tables with every model's place in it, 1 the best; equal values share a place.
/// The study weighed these by eye.
struct RankedFigure {
  Figure figure;
  bool spread = false;        ///< of the standard deviation over runs, not of the mean
  std::vector<double> value;  ///< by model
  std::vector<int> rank;      ///< by model; 0: no runs
};

/// Mean and spread of accuracy and loss on the training and the validation set.
std::vector<RankedFigure> study_ranks(std::span<const ModelRuns> models);

/// The choice by rule: of the models that cannot be told from the best by validation accuracy, those that are
/// no less stable than the most stable one, and of these the cheapest. Indices into the models.
struct Selection {
  std::size_t best = 0;                 ///< highest mean validation accuracy
  std::vector<std::size_t> candidates;  ///< not distinguishable from `best`, itself included
  std::vector<std::size_t> stable;      ///< of these: spread not distinguishable from the smallest one's
  std::size_t chosen = 0;               ///< of these: the least cost
};

/// `comparisons` are compare_models's of validation accuracy; `costs` [models] are operations of one
/// training. Spreads are compared by Pitman and Morgan's test, Holm-adjusted. Absent where the comparisons
/// have too few runs (enough_runs), where a model has no seed in common with the best, or where fewer than
/// two models have runs.
std::optional<Selection> select_model(std::span<const ModelRuns> models,
                                      std::span<const Comparison> comparisons, std::span<const double> costs);

}  // namespace gpu_sweep
