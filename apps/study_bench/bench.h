// The benchmarks of whole studies, and their command-line options.
#pragma once

#include <string>

#include "gpu_sweep/model_spec.h"

namespace gpu_sweep::bench {

struct Options {
  int rounds = 5;
  std::string data;  ///< `flag` of find_data
  std::string out;   ///< JSON file
};

/// Measures the five models of the study in `options.rounds` rounds, in which measurements alternate. Prints
/// and writes the medians of ratios, because the ratio of two times that were measured in alternation is less
/// noisy than either time. Throws Error(kData) and Error(kOutput).
void measure_ratios(const Options& options);

/// Prints one Markdown table each for lanes, runs, width, depth and batch size, and writes the results to
/// `options.out`. The time of an epoch is the median of `options.rounds` epochs. The time of a sweep is
/// measured only once. Throws Error(kData) and Error(kOutput).
void measure_scaling(const Options& options);

/// Compares the epoch of the study's models on float32 inputs with that on the bytes of the same images, in
/// `options.rounds` alternating rounds, and prints and writes the medians of the ratios float32 / uint8.
/// Throws Error(kData) and Error(kOutput).
void measure_data_types(const Options& options);

/// Takes part in peers/compare.py. Trains the original model on all lanes in the protocol of peers/peer.py,
/// and prints the seconds per replica-epoch (one network trained for one epoch) of the whole machine.
/// `options.rounds` and `options.out` are ignored. Throws Error(kData), and Error(kUsage) if the processor
/// does not support `precision`.
void measure_as_peer(const Options& options, Precision precision);

}  // namespace gpu_sweep::bench
