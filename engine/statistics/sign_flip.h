// The permutation test of paired differences.
#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/resample.h"

namespace gpu_sweep {

/// Differences up to this count are enumerated: all 2^n signs, no chance involved.
constexpr int kMostEnumerated = 12;

/// Two-sided p of the mean difference under random signs: the share of sign patterns whose sum is at least as
/// far from 0 as the observed one. Beyond 12 differences `draws` patterns are drawn and the observed one
/// counts as one more (Phipson and Smyth 2010), so p is never 0. No differences: p = 1.
double sign_flip_p(std::span<const double> differences, std::uint64_t seed = kResampleSeed,
                   int draws = kResamples);

}  // namespace gpu_sweep
