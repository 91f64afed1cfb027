// Measures on one machine, in one session, how much of oneDNN's own speed a whole run keeps. With --scaling,
// measures how the cost of a run grows. With --data-types, compares data of float32 with data of uint8. With
// --peer, takes part in peers/compare.py.
//
//   study_bench [--scaling | --data-types | --peer fp32|bf16] [--rounds N] [--data DIR] [--out FILE.json]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "apps/study_bench/bench.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep::bench {
namespace {

struct CommandLine {
  bool scaling = false;
  bool data_types = false;
  std::string peer;  ///< a precision; empty without --peer
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
    if (flag == "--data-types") {
      line.data_types = true;
      continue;
    }
    std::string* text = flag == "--data"   ? &options.data
                        : flag == "--peer" ? &line.peer
                        : flag == "--out"  ? &options.out
                                           : nullptr;
    if (!text && flag != "--rounds") {
      throw Error(ExitCode::kUsage,
                  flag + ": expected --scaling, --data-types, --peer, --rounds, --data or --out");
    }
    if (++i >= argc) throw Error(ExitCode::kUsage, flag + ": expected a value");
    if (text) {
      *text = argv[i];
    } else {
      options.rounds = std::atoi(argv[i]);
    }
  }
  if (!line.peer.empty() && line.peer != "fp32" && line.peer != "bf16") {
    throw Error(ExitCode::kUsage, "--peer: found '" + line.peer + "', expected fp32 or bf16");
  }
  if (options.rounds < 1) throw Error(ExitCode::kUsage, "--rounds: expected a whole number from 1 on");
  if (options.out.empty()) {
    options.out = line.scaling ? "scaling.json" : line.data_types ? "data_types.json" : "bench.json";
  }
  return line;
}

}  // namespace
}  // namespace gpu_sweep::bench

int main(int argc, char** argv) {
  try {
    const auto line = gpu_sweep::bench::parse(argc, argv);
    if (!line.peer.empty()) {
      gpu_sweep::bench::measure_as_peer(
          line.options, line.peer == "bf16" ? gpu_sweep::Precision::kBf16 : gpu_sweep::Precision::kFp32);
    } else if (line.scaling) {
      gpu_sweep::bench::measure_scaling(line.options);
    } else if (line.data_types) {
      gpu_sweep::bench::measure_data_types(line.options);
    } else {
      gpu_sweep::bench::measure_ratios(line.options);
    }
    return 0;
  } catch (const gpu_sweep::Error& error) {
    std::fprintf(stderr, "study_bench: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
