// Measures how the cost of a whole run grows with lanes, runs, width, depth and batch size.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Prints one Markdown table each for lanes, runs, width, depth and batch size, and writes the results to
/// `options.out`. An epoch's time is the median of `options.rounds` rounds; a sweep's time is measured once.
/// Ignores `options.pytorch`. Throws Error(kData), Error(kOutput).
void measure_scaling(const Options& options);

}  // namespace gpu_sweep::bench
