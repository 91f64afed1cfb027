// The rule that tells models apart: sign flips of paired mean differences, Holm over the family.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// The differences of one pair of models on equal seeds.
struct PairedSample {
  std::vector<double> differences;  ///< [n], n >= 1
  double unit = 0;                  ///< smallest step of the metric, 1 / images for an accuracy, or 0
};

/// The result of the rule for one pair.
struct MeanDifference {
  int n = 0;
  double mean = 0;
  double p = 1;       ///< two-sided, sign flips of the mean
  double p_holm = 1;  ///< after Holm's correction over the family
  /// The decision: p is below the pair's own Holm step. True if and only if 0 is outside `interval`.
  bool told = false;
  /// Inverts the test at the pair's own Holm step. Infinite if so few runs cannot exclude anything.
  Interval interval;
  /// Inverts the test at 5 % / pairs (Bonferroni): the intervals of all pairs hold jointly with 95 %
  /// confidence.
  Interval simultaneous;
};

/// Judges pairs at a family-wise error of 1 - kConfidence, in their order. `family` is the number of pairs of
/// the family if more belong to it than are given: those given may have been chosen by looking at the same
/// runs.
std::vector<MeanDifference> judge_mean_differences(std::span<const PairedSample> pairs,
                                                   std::size_t family = 0);

/// Returns the least number of runs with which one of `pairs` pairs can be told: the smallest n with
/// 2^(1 - n) pairs < 0.05. 6 for one pair, 9 for ten, 13 for 190, 17 for 1,770, 20 for 19,900.
int fewest_runs(std::size_t pairs);

}  // namespace gpu_sweep
