// The two benchmarks of whole studies, and their command-line options.
#pragma once

#include <string>

namespace gpu_sweep::bench {

struct Options {
  int rounds = 5;
  std::string data;     ///< folder of the IDX files; if empty, the usual places of Fashion-MNIST
  std::string pytorch;  ///< the script for PyTorch; if empty, no comparison
  std::string out;      ///< JSON file
};

/// Measures the five models of the study in `options.rounds` alternating rounds, and prints and writes the
/// medians of the ratios: a ratio of two times measured in alternation is less noisy than either time. Throws
/// Error(kData), Error(kOutput).
void measure_ratios(const Options& options);

/// Prints one Markdown table each for lanes, runs, width, depth and batch size, and writes the results to
/// `options.out`. An epoch's time is the median of `options.rounds` rounds; a sweep's time is measured once.
/// Ignores `options.pytorch`. Throws Error(kData), Error(kOutput).
void measure_scaling(const Options& options);

}  // namespace gpu_sweep::bench
