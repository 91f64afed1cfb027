// The scores of one data set, grouped by model, and the choice of the rule that compares them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/statistics/judge/judge.h"
#include "engine/statistics/judge/scores.h"
#include "engine/statistics/methods/pair_tests.h"

namespace gpu_sweep {

/// One model's runs on one data set.
struct ModelScores {
  std::string name;
  std::map<std::string, double> by_unit;  ///< scores of finished runs, by seed and fold
  std::set<std::string> units;            ///< seeds and folds of all runs, including failed ones
  std::vector<double> values;             ///< scores of finished runs, in the order of the table
  int failed = 0;
  std::optional<int> left_race_after;  ///< number of seeds after which the model left a race
};

struct DataSetScores {
  std::string name;
  std::vector<ModelScores> models;
  std::vector<double> values;  ///< of all finished runs
  double answers = 0;          ///< number of answers per run; 0 if unknown or if runs differ
  std::set<std::string> folds;

  /// Returns the number of pairs of all models, including those that left a race.
  std::size_t pairs() const { return models.size() * (models.size() - 1) / 2; }
};

/// Returns the data sets and their models in the order of the table.
std::vector<DataSetScores> by_dataset(const Scores& scores);

/// Checks that the scores can be judged with `options`. Throws Error(kUsage) if `options` do not fit the
/// scores or lack the test share of random splits, if there is only one fold, if Scores::until_decided is set
/// and there are no seeds or there are folds or splits, or if there are several data sets in the table of a
/// race. Throws Error(kData) if a data set has only one model.
void refuse_unusable(const std::vector<DataSetScores>& datasets, const Scores& scores,
                     const JudgeOptions& options);

/// Fills in `rule`, `every_look`, `reason` and `least` of `judgement`. The choice of the rule depends on
/// `options` and on how the runs were planned, never on their scores. `family` is the number of pairs of all
/// data sets.
void choose_rule(const DataSetScores& dataset, const Scores& scores, const JudgeOptions& options,
                 std::size_t family, Judgement& judgement);

/// Tests the pairs of `judgement` by the rule of `judgement`. The results are in the order of the pairs.
std::vector<PairTest> test_pairs(const DataSetScores& dataset, const Scores& scores,
                                 const JudgeOptions& options, std::size_t family, const Judgement& judgement);

}  // namespace gpu_sweep
