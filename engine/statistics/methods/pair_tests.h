// The test of one pair of models, by each rule, and the decisions on all pairs of one family.
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
  /// Empty if there are too few runs for any interval. Takes little memory, since a family may have very many
  /// pairs.
  std::function<Interval(double level)> interval;
  /// Returns the p of the hypothesis that the magnitude of the true difference is `limit` > 0 or more, by two
  /// one-sided tests (Schuirmann 1987): the greater of p(-limit) and p(limit), each half of the two-sided p
  /// of that shift, and 1 for a limit that the difference exceeds. Empty if there are too few runs for a
  /// test.
  std::function<double(double limit)> equivalence_p;
};

/// Returns 10^-k for the smallest k <= 6 such that all values are multiples of it, as accuracies with a few
/// decimals are. Returns 0 if there is no such k.
double decimal_unit(std::span<const double> values);

/// Returns the step of scores [n]: 1 / answers if they are multiples of it (are_multiples), otherwise their
/// decimal_unit. F1 scores have answers too, but are not multiples. `answers` is 0 if unknown.
double step_of_scores(std::span<const double> scores, double answers);

/// Returns a - b, or 0 if they differ only by the rounding of means.
double difference_of_means(double a, double b);

/// Tests the mean of `differences` [n] of runs with equal seeds by sign flips. `unit` is the smallest step of
/// the metric, 1 / images for an accuracy, or 0; see whole_differences.
PairTest test_paired(std::span<const double> differences, double unit);

/// The same for `differences` [n] in the order of their seeds, after any number of looks: anytime_p,
/// anytime_interval and anytime_equivalence_p.
PairTest test_anytime(std::span<const double> differences, double unit);

/// Tests the values of runs a [n_a] against those of b [n_b]. `pairs` is the size of the family.
PairTest test_unpaired(std::span<const double> a, std::span<const double> b, double unit, std::size_t pairs);

/// Tests `differences` [n] over folds or splits; see resampled_estimate.
PairTest test_resampled(std::span<const double> differences, double test_to_train);

/// Whether a difference is too small to matter.
struct Equivalence {
  double p = 1;       ///< equivalence_p
  double p_holm = 1;  ///< Holm's correction over the equivalences of the family
  /// The decision: p is below the pair's own step of that correction. True if and only if `interval` lies
  /// within the limit, its ends excluded.
  bool same = false;
  /// Inverts the test at twice the level of that step: 90 % without correction. Ends found on a grid are
  /// moved to the side of the limit that agrees with the decision.
  Interval interval;
};

/// The result of the rule for one pair.
struct PairDecision {
  double p_holm = 1;  ///< after Holm's correction over the family
  /// The decision: p is below the pair's own Holm step. True if and only if 0 is outside `interval`.
  bool told = false;
  /// Inverts the test at the pair's own Holm step. Infinite if so few runs cannot exclude anything, absent if
  /// there are too few for a test or if no interval was asked for.
  std::optional<Interval> interval;
  /// Inverts the test at 5 % / pairs (Bonferroni): the intervals of all pairs hold jointly with 95 %
  /// confidence.
  std::optional<Interval> simultaneous;
  std::optional<Equivalence> equivalence;  ///< absent without a limit
};

struct FamilyOptions {
  /// Number of pairs of the family, if it has more than the given ones. The given ones may have been chosen
  /// by the same runs.
  std::size_t family = 0;
  std::optional<double> limit;  ///< smallest difference that matters, in the unit of the scores, > 0
  /// Returns whether a pair gets an interval, which takes twenty tests. If empty, all pairs do.
  std::function<bool(std::size_t pair)> with_interval;
};

/// Decides all pairs of one family, in their order. Both kinds of claims, "differs" and "is the same within
/// the limit", have a family-wise error of 1 - kConfidence.
std::vector<PairDecision> decide_pairs(std::span<const PairTest> tests, const FamilyOptions& options = {});

/// Returns the least number of runs with which one of `pairs` pairs can be told by sign flips: the smallest n
/// with 2^(1 - n) pairs < 0.05. 6 for one pair, 9 for ten, 13 for 190, 17 for 1,770, 20 for 19,900.
int fewest_runs(std::size_t pairs);

}  // namespace gpu_sweep
