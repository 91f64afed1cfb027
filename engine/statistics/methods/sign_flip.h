// The permutation test of paired differences.
#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/methods/resample.h"

namespace gpu_sweep {

/// Up to this many differences, all 2^n sign patterns are enumerated, so the result is exact.
constexpr int kMostEnumerated = 12;

/// Returns the two-sided p of the mean difference under random signs: the share of sign patterns whose sum is
/// at least as far from 0 as the observed one. With more than kMostEnumerated differences, `draws` random
/// patterns are used and the observed one counts as one more (Phipson and Smyth 2010), so p is never 0. No
/// differences: p = 1.
double sign_flip_p(std::span<const double> differences, std::uint64_t seed = kResampleSeed,
                   int draws = kResamples);

}  // namespace gpu_sweep
