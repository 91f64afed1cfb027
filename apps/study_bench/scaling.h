// How the cost of a whole run grows with lanes, runs, width, depth and batch size.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Prints a Markdown table for each of the five and writes them to `options.out`; every time is the median of
/// `options.rounds` epochs. Throws Error(kData), Error(kOutput).
void measure_scaling(const Options& options);

}  // namespace gpu_sweep::bench
