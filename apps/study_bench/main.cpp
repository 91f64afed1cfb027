// Measures on one machine, in one session, how much of oneDNN's own speed a whole run keeps and how it
// compares with PyTorch. With --scaling, measures how the cost of a run grows.
//
//   study_bench [--scaling] [--rounds N] [--data DIR] [--pytorch SCRIPT] [--out FILE.json]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "apps/study_bench/bench.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep::bench {
namespace {

struct CommandLine {
  bool scaling = false;
  Options options;
};

CommandLine parse(int argc, char** argv) {
  CommandLine line;
  Options& options = line.options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--scaling") {
      line.scaling = true;
      continue;
    }
    std::string* text = flag == "--data"      ? &options.data
                        : flag == "--pytorch" ? &options.pytorch
                        : flag == "--out"     ? &options.out
                                              : nullptr;
    if (!text && flag != "--rounds") {
      throw Error(ExitCode::kUsage, flag + ": expected --scaling, --rounds, --data, --pytorch or --out");
    }
    if (++i >= argc) throw Error(ExitCode::kUsage, flag + ": expected a value");
    if (text) {
      *text = argv[i];
    } else {
      options.rounds = std::atoi(argv[i]);
    }
  }
  if (options.rounds < 1) throw Error(ExitCode::kUsage, "--rounds: expected a whole number from 1 on");
  if (options.out.empty()) options.out = line.scaling ? "scaling.json" : "bench.json";
  return line;
}

}  // namespace
}  // namespace gpu_sweep::bench

int main(int argc, char** argv) {
  try {
    const auto line = gpu_sweep::bench::parse(argc, argv);
    line.scaling ? gpu_sweep::bench::measure_scaling(line.options)
                 : gpu_sweep::bench::measure_ratios(line.options);
    return 0;
  } catch (const gpu_sweep::Error& error) {
    std::fprintf(stderr, "study_bench: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
