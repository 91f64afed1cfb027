#include <algorithm>
#include <cstdio>
#include <limits>
#include <vector>

#include "apps/study_bench/rates.h"

namespace gpu_sweep::bench {
namespace {

/// Starts `command` in `processes` processes at the same time; each prints its seconds per epoch. Returns the
/// sum of their rates, or NaN if one fails.
double rate_of(const std::string& command, int processes) {
  std::vector<FILE*> pipes;
  for (int i = 0; i < processes; ++i) pipes.push_back(popen(command.c_str(), "r"));
  double rate = 0;
  for (FILE* pipe : pipes) {
    double seconds = 0;
    const bool read = pipe && std::fscanf(pipe, "%lf", &seconds) == 1;
    if (pipe) pclose(pipe);
    rate += read ? 1 / seconds : std::numeric_limits<double>::quiet_NaN();
  }
  return rate;
}

}  // namespace

double pytorch_epochs_a_second(const std::string& script, const std::string& data, int cores) {
  // OpenBLAS selects the processor's best kernels by itself unless the environment overrides it.
  const std::string command =
      "env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE MALLOC_MMAP_THRESHOLD_=1000000000 "
      "MALLOC_TRIM_THRESHOLD_=1000000000 OMP_NUM_THREADS=1 "
      "/usr/bin/python3 '" +
      script + "' '" + data + "' 2>/dev/null";
  const double one = rate_of(command, 1);
  return cores > 1 ? std::max(one, rate_of(command, cores)) : one;
}

}  // namespace gpu_sweep::bench
