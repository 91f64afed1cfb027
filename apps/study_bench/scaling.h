// Measures how the cost of a whole run grows with lanes, runs, width, depth and batch size.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Prints a Markdown table for each of the five and writes the results to `options.out`. Epoch times are
/// medians over `options.rounds`; times of sweeps are measured once. Ignores `options.pytorch`. Throws
/// Error(kData), Error(kOutput).
void measure_scaling(const Options& options);

}  // namespace gpu_sweep::bench
