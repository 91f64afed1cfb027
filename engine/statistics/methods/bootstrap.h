// The bootstrap interval of a mean.
#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/methods/interval.h"
#include "engine/statistics/methods/resample.h"

namespace gpu_sweep {

/// Returns the 95 % interval of the mean by the bias-corrected and accelerated bootstrap (Efron 1987) with
/// `draws` resamples. Throws std::invalid_argument below two values. Equal values give an interval of width
/// 0.
Interval bca_interval_of_mean(std::span<const double> values, std::uint64_t seed = kResampleSeed,
                              int draws = kResamples);

}  // namespace gpu_sweep
