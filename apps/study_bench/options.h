// Command-line options of the benchmark.
#pragma once

#include <string>

namespace gpu_sweep::bench {

struct Options {
  int rounds = 5;
  std::string data;     ///< folder of the IDX files; empty: where Fashion-MNIST usually is
  std::string pytorch;  ///< the script that PyTorch runs; empty: no comparison
  std::string out;      ///< JSON file
};

}  // namespace gpu_sweep::bench
