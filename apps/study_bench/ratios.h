// Compares the speed of a whole run with that of its matrix products and with PyTorch.
#pragma once

#include "apps/study_bench/options.h"

namespace gpu_sweep::bench {

/// Measures the five models of the study in `options.rounds` alternating rounds, and prints and writes the
/// medians of the ratios: a ratio of two times measured in alternation is less noisy than either time. Throws
/// Error(kData), Error(kOutput).
void measure_ratios(const Options& options);

}  // namespace gpu_sweep::bench
