// Command-line options of the benchmark.
#pragma once

#include <string>

namespace gpu_sweep::bench {

struct Options {
  int rounds = 5;
  std::string data;     ///< folder of the IDX files; if empty, the usual places of Fashion-MNIST
  std::string pytorch;  ///< the script for PyTorch; if empty, no comparison
  std::string out;      ///< JSON file
};

}  // namespace gpu_sweep::bench
