// Shares of failed runs: exact intervals, and the exact comparison of two models on equal seeds.
#pragma once

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// Returns the exact 95 % interval of a share of `events` in `trials` > 0 (Clopper and Pearson 1934). Each
/// tail is at most 2.5 %.
Interval clopper_pearson_interval(int events, int trials);

/// Returns the one-sided 95 % upper bound of the share, by the same method. It is 45 % for no event in 5
/// trials.
double clopper_pearson_upper(int events, int trials);

/// Returns a 95 % interval that stays valid if the number of trials is chosen by the results of earlier
/// trials. It contains the shares p with 20 p^k (1 - p)^(n - k) > B(k + 1, n - k + 1), where k is the number
/// of events in n > 0 trials. By Ville's inequality the intervals for all n hold jointly (Robbins 1970, the
/// mixture of binomials by a uniform prior). For no event in 5 trials the upper end is 62 %.
Interval anytime_share_interval(int events, int trials);

/// Returns the two-sided p of equal shares by McNemar's exact test, given the numbers of seeds on which only
/// the first or only the second model failed: min(1, 2 P(X <= k)), where X is the number of heads in
/// only_first + only_second throws of a coin, and k is the smaller of the two numbers.
double mcnemar_p(int only_first, int only_second);

}  // namespace gpu_sweep
