// Shares of failed runs: exact intervals, and the exact comparison of two models on equal seeds.
#pragma once

#include "engine/statistics/methods/interval.h"

namespace gpu_sweep {

/// Returns the 95 % interval of a share of `events` in `trials` > 0 (Clopper and Pearson 1934): exact, both
/// tails at most 2.5 %.
Interval clopper_pearson_interval(int events, int trials);

/// Returns the one-sided 95 % upper bound of the share: 45 % for no event in 5 trials.
double clopper_pearson_upper(int events, int trials);

/// Returns the shares p that a number of trials chosen by what they showed does not exclude at 95 %: those
/// with 20 p^k (1 - p)^(n - k) > B(k + 1, n - k + 1), n trials with k events. By Ville's inequality, holds
/// for all n together (Robbins 1970, the mixture of binomials by a uniform prior). 62 % is the upper end for
/// no event in 5 trials > 0.
Interval anytime_share_interval(int events, int trials);

/// Returns the two-sided p of equal shares by McNemar's exact test, given the numbers of seeds on which only
/// the first or only the second model failed: min(1, 2 P(Binomial(first + second, 1/2) <= the smaller)).
double mcnemar_p(int only_first, int only_second);

}  // namespace gpu_sweep
