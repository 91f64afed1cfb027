// How the cost of a whole run grows with lanes, runs, width, depth and batch size.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Prints a Markdown table for each of the five and writes them to `options.out`. Times of epochs are medians
/// of `options.rounds`, those of sweeps of many runs are measured once; `options.pytorch` is not used. Throws
/// Error(kData), Error(kOutput).
void measure_scaling(const Options& options);

}  // namespace gpu_sweep::bench
