// One function per rule by which a pair of models is tested, and the decisions on all pairs of one family.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// The result of the test of one pair, model a minus model b.
struct PairTest {
  int n_a = 0;
  int n_b = 0;
  double difference = 0;  ///< NaN without runs
  double p = 1;
  /// Returns the interval of the difference at confidence 1 - `level`. Empty if there are too few runs for
  /// any interval. The function object must hold little memory, because a family may have very many pairs.
  std::function<Interval(double level)> interval;
  /// Returns the p of the hypothesis that the magnitude of the true difference is `limit` > 0 or more, by two
  /// one-sided tests (Schuirmann 1987). It is the greater of the one-sided p-values of the shifts -limit and
  /// limit. Empty if there are too few runs for a test.
  std::function<double(double limit)> equivalence_p;
};

/// Returns 10^-k for the smallest k <= 6 such that all values are multiples of 10^-k with at most 9 digits,
/// as accuracies with few decimals are. Returns 0 if there is no such k.
double decimal_unit(std::span<const double> values);

/// Returns the step of scores [n]: 1 / answers if the scores are multiples of it (are_multiples), otherwise
/// their decimal_unit, otherwise 1 / n for the smallest n of at most a million such that the scores are
/// multiples of it, as shares of n answers are, otherwise 0. `answers` is 0 if unknown. Known `answers` are
/// checked against the scores because F1 scores, for example, are not multiples of 1 / answers.
double step_of_scores(std::span<const double> scores, double answers);

/// Returns a - b, or 0 if they differ only by the rounding of means.
double difference_of_means(double a, double b);

/// Tests the mean of `differences` [n] of runs with equal seeds by sign flips. `unit` is the smallest step of
/// the metric, 1 / images for an accuracy, or 0; see whole_differences.
PairTest test_paired(std::span<const double> differences, double unit);

/// Tests `differences` [n], in the order of their seeds, in a way that is valid after any number of looks.
/// Uses anytime_p, anytime_interval and anytime_equivalence_p. `unit` is as in test_paired.
PairTest test_anytime(std::span<const double> differences, double unit);

/// Tests the scores a [n_a] of one model's runs against the scores b [n_b] of another's by UnpairedTest.
/// `unit` and `pairs`, the size of the family, are as in UnpairedOptions.
PairTest test_unpaired(std::span<const double> a, std::span<const double> b, double unit, std::size_t pairs);

/// Tests `differences` [n] over folds or random splits. The arguments are those of resampled_estimate.
PairTest test_resampled(std::span<const double> differences, double test_to_train);

/// Whether a difference is too small to matter.
struct Equivalence {
  double p = 1;       ///< equivalence_p
  double p_holm = 1;  ///< Holm's correction over the equivalences of the family
  /// The decision: p is below the level of this pair in Holm's correction. If `interval` is computed, it lies
  /// strictly within the limit if and only if this is true.
  bool same = false;
  /// The interval that inverts the test at twice the level of this pair: a 90 % interval if nothing is
  /// corrected. Ends found on a grid are moved to the side of the limit that agrees with the decision.
  /// Infinite if no interval was requested or there are too few runs for one.
  Interval interval;
};

/// The decision on one pair of a family.
struct PairDecision {
  double p_holm = 1;  ///< after Holm's correction over the family
  /// The decision that the models differ: p is below the level of this pair in Holm's correction (HolmStep).
  /// If there is an `interval`, 0 is outside it if and only if this is true.
  bool told = false;
  /// The interval that inverts the test at the level of this pair in Holm's correction. Infinite if there are
  /// too few runs to exclude any difference. Absent if there are too few runs for a test, or if no interval
  /// was requested.
  std::optional<Interval> interval;
  /// The interval that inverts the test at 5 % / pairs (Bonferroni), so that the intervals of all pairs hold
  /// jointly with 95 % confidence.
  std::optional<Interval> simultaneous;
  std::optional<Equivalence> equivalence;  ///< absent without FamilyOptions::limit
};

struct FamilyOptions {
  /// Number of pairs of the family, if the family has more pairs than are given. The correction then stays
  /// valid even if the given pairs were chosen by their own results.
  std::size_t family = 0;
  std::optional<double> limit;  ///< smallest difference that matters, in the unit of the scores, > 0
  /// Returns whether the interval of a pair is computed, which takes about as long as twenty tests. If empty,
  /// all pairs with enough runs get an interval.
  std::function<bool(std::size_t pair)> with_interval;
};

/// Decides all pairs of one family, in their order. Both kinds of claims, "differs" and "is the same within
/// the limit", have a family-wise error of at most 1 - kConfidence.
std::vector<PairDecision> decide_pairs(std::span<const PairTest> tests, const FamilyOptions& options = {});

/// Returns the least number of runs with which sign flips can tell one of `pairs` pairs apart: the smallest n
/// with 2^(1 - n) pairs < 0.05. Returns 6 for one pair, 9 for ten, 13 for 190, 17 for 1,770 and 20 for
/// 19,900.
int fewest_runs(std::size_t pairs);

}  // namespace gpu_sweep
