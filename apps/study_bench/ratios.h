// How fast a whole run is, beside the products it is made of and beside PyTorch.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Measures the five models of the study in `options.rounds` alternating rounds and prints and writes the
/// medians of the ratios: machines are noisy, and a ratio of two times measured side by side is less so.
/// Throws Error(kData), Error(kOutput).
void measure_ratios(const Options& options);

}  // namespace gpu_sweep::bench
