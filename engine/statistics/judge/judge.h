// The verdict on scores of runs, whatever program trained them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/statistics/judge/scores.h"
#include "engine/statistics/methods/interval.h"
#include "engine/statistics/methods/pair_tests.h"

namespace gpu_sweep {

enum class Pairing : std::uint8_t { kSeed, kNone };

struct JudgeOptions {
  bool higher_is_better = true;
  /// Whether runs are compared seed by seed. If absent, they are compared so if all models have the same
  /// seeds and enough of them, or if Scores::until_decided is set. Runs on folds or splits are always paired.
  std::optional<Pairing> pairing;
  std::optional<double> test_share;  ///< share of the rows that each random split tests on: between 0 and 1
  std::optional<double> smallest_difference = {};  ///< the smallest difference of scores that matters, > 0
  double max_failed = 0.1;  ///< a model with a greater share of failed runs is never the best
};

/// One model, judged by its runs on one data set, or by its means on all data sets.
struct JudgedModel {
  std::string name;
  int runs = 0;     ///< number of finished runs; in Judgements::other_data, of data sets
  int failed = 0;   ///< failed runs, left out of the mean; in Judgements::other_data, of all data sets
  int all = 0;      ///< finished and failed runs; in Judgements::other_data, of all data sets
  double mean = 0;  ///< NaN without finished runs
  std::optional<double> std_n_minus_1;
  Interval failed_interval;  ///< 95 % interval of the share of failed runs; see Failures in reliability.h
  double failed_upper = 0;   ///< 95 % upper bound of that share

  bool eligible = false;  ///< may be the best: it has finished runs, not too many failed, and it left no race
  std::optional<int> left_race_after = {};  ///< number of seeds after which it left a race

  double failed_share() const { return static_cast<double>(failed) / all; }
};

/// Model a minus model b. Pairs with too few runs for a p have p 1 and no intervals.
struct JudgedPair {
  std::size_t a = 0;  ///< index into the models
  std::size_t b = 0;
  int n_a = 0;  ///< runs of a that the difference is computed from
  int n_b = 0;
  double difference = 0;  ///< of means; NaN without runs
  double p = 1;
  double p_holm = 1;                 ///< p after Holm's correction over the family (Judgements::family)
  bool told = false;                 ///< the models are told apart: 0 is outside `interval`, if there is one
  std::optional<Interval> interval;  ///< inverts the test at the level of this pair in Holm's correction
  std::optional<Interval> simultaneous;    ///< at Bonferroni's level: the intervals of all pairs hold jointly
  std::optional<Equivalence> equivalence;  ///< absent without a smallest difference

  bool same() const { return equivalence && equivalence->same; }
};

enum class JudgeRule : std::uint8_t {
  kPaired,     ///< on equal seeds: sign flips of the mean difference, or test_anytime if every look counts
  kUnpaired,   ///< regroupings of the runs, Welch's t
  kResampled,  ///< Nadeau and Bengio's corrected t over folds or splits
  kDataSets,   ///< sign flips of the mean difference over data sets
};

/// The verdict on one data set, or on data sets other than the judged ones.
struct Judgement {
  std::string dataset;
  JudgeRule rule = JudgeRule::kUnpaired;
  bool every_look = false;          ///< p counts a look after every seed (test_anytime)
  bool race = false;                ///< models that were behind got no more seeds (Scores::race)
  std::string reason;               ///< why this rule: "paired by seed: every model has the same 10 seeds"
  std::optional<double> limit;      ///< smallest difference that matters
  double max_failed = 0.1;          ///< a model with a greater share of failed runs is never the best
  int least = 0;                    ///< fewest runs per model, or data sets, that can tell a pair apart
  std::vector<JudgedModel> models;  ///< in the order of the table
  std::vector<JudgedPair> pairs;    ///< all (a, b) with a < b, of models that left no race
  std::optional<std::size_t> best;  ///< index of the eligible model with the best mean

  /// Returns the number of models that are compared: all, or those that remain in a race.
  std::size_t compared() const;
  bool can_tell() const;  ///< whether some pair has enough runs to be told apart
};

struct Judgements {
  std::vector<Judgement> datasets;  ///< in the order of the table
  std::size_t family = 0;           ///< number of pairs of all data sets, which one correction covers
  /// The verdict on data sets other than those in the table, from the means on each of those. Its family is
  /// its own pairs. Absent with fewer than kFewestDataSets data sets or fewer than two models to compare.
  std::optional<Judgement> other_data;
  /// Models that take no part in `other_data`, because they have no finished runs on some data set.
  std::vector<std::string> left_out_of_other_data;
};

/// With fewer data sets than this, Judgements::other_data is absent.
constexpr int kFewestDataSets = 6;

/// Judges each data set by one rule. Throws Error(kUsage) if the scores do not allow the pairing or the test
/// share of `options`, if they need a test share and `options` have none, if they have only one fold, if
/// Scores::until_decided is set and they have no seeds or have folds or splits, or if Scores::race is set and
/// they have several data sets. Throws Error(kData) if a data set has only one model. Models that left a race
/// are not compared with any other, as in the verdict of the study, but the correction covers their pairs.
Judgements judge(const Scores& scores, const JudgeOptions& options);

}  // namespace gpu_sweep
