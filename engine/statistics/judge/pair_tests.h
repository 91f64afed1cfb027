// The test of one pair of models, by each rule.
#pragma once

#include <functional>
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
};

/// Returns 10^-k for the least k <= 6 of which all values are multiples, as accuracies with a few decimals
/// are. Returns 0 if there is none.
double decimal_unit(std::span<const double> values);

/// Returns the step of scores [n]: 1 / answers if they are shares of that many answers (are_multiples), and
/// otherwise their decimal_unit. F1 scores have answers too, but are not multiples of 1 / answers. `answers`
/// is 0 if unknown.
double step_of_scores(std::span<const double> scores, double answers);

/// Returns a - b, or 0 if they differ only by the rounding of means.
double difference_of_means(double a, double b);

/// Tests `differences` [n] of runs with equal seeds, which are multiples of `unit` unless `unit` is 0.
PairTest test_paired(std::span<const double> differences, double unit);

/// Tests the values of runs a [n_a] against those of b [n_b]. `pairs` is the size of the family.
PairTest test_unpaired(std::span<const double> a, std::span<const double> b, double unit, std::size_t pairs);

/// Tests `differences` [n] over folds or splits; see resampled_estimate.
PairTest test_resampled(std::span<const double> differences, double test_to_train);

}  // namespace gpu_sweep
