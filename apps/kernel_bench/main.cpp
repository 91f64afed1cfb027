// Times every operation of the study's training and evaluation steps on one device.
//
//   kernel_bench [--device cpu|cuda|cuda:N] [--replicas R] [Google Benchmark's flags]
//
// Counters: FLOP/s of the products, and the bytes a second that each operation must at least move. An
// operation runs on the same operands again and again: what fits stays in a core's cache, or in a card's L2,
// so the bytes are not the memory bus's. On CUDA, operations that cuDNN can compose are timed in the same way
// as well, on the same operands: the lines that end in /cudnn, with the bytes of the fused operation.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "apps/kernel_bench/cudnn_baseline.h"
#include "apps/kernel_bench/study_step.h"
#include "apps/kernel_bench/time_launches.h"
#include "engine/error.h"
#include "engine/program/op_cost.h"

namespace gpu_sweep {
namespace {

void register_ops(StudyStep& step, const Program& program, const Repeats& repeats,
                  const std::string& prefix) {
  std::map<std::string, int> seen;
  for (const Op& op : program.ops) {
    const std::string operation = name(op);
    const std::string title =
        prefix + "/" + program.name + "/" + operation + "/" + std::to_string(seen[operation]++);
    benchmark::RegisterBenchmark(title.c_str(), [&step, op, repeats](benchmark::State& state) {
      step.restart();
      const CompiledProgram alone = step.compile_alone(op, repeats.in_a_graph);
      time_launches(state, cost(op), repeats, [&] {
        step.lane().run(alone, repeats.graphs);
        step.lane().wait();
      });
    })->UseRealTime();
  }
}

/// Takes `--name value` or `--name=value` out of the arguments.
std::string take_option(int& argc, char** argv, const std::string& option, const std::string& otherwise) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    int used = 0;
    std::string value;
    if (argument == option && i + 1 < argc) {
      value = argv[i + 1];
      used = 2;
    } else if (argument.starts_with(option + "=")) {
      value = argument.substr(option.size() + 1);
      used = 1;
    }
    if (used == 0) continue;
    std::move(argv + i + used, argv + argc, argv + i);
    argc -= used;
    return value;
  }
  return otherwise;
}

int run(int argc, char** argv) {
  const DeviceChoice choice = choose_devices(take_option(argc, argv, "--device", "cpu"));
  const int replicas = std::atoi(take_option(argc, argv, "--replicas", "1").c_str());
  if (replicas < 1) throw Error(ExitCode::kUsage, "--replicas: expected a whole number from 1 on");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return static_cast<int>(ExitCode::kUsage);

  std::string without_cudnn;
  std::vector<std::unique_ptr<StudyStep>> steps;
  const DeviceInfo& device = choice.backend.devices[static_cast<std::size_t>(choice.indices.front())];
  const Repeats repeats = repeats_on(device.device_kind);
  for (const Precision precision : {Precision::kFp32, Precision::kTf32, Precision::kBf16}) {
    if (precision == Precision::kTf32 && !device.supports_tf32) continue;
    if (precision == Precision::kBf16 && !device.supports_bf16) continue;
    for (const int hidden_layers : {1, 5}) {
      steps.push_back(std::make_unique<StudyStep>(choice, hidden_layers, precision, replicas));
      const std::string prefix =
          std::string(to_string(precision)) + "/" + std::to_string(hidden_layers) + "_hidden";
      register_ops(*steps.back(), steps.back()->train_step(), repeats, prefix);
      register_ops(*steps.back(), steps.back()->evaluation_step(), repeats, prefix);
      if (device.device_kind == "cuda" && precision == Precision::kFp32) {
        without_cudnn = register_cudnn_baseline(*steps.back(), repeats, prefix);
      }
    }
  }
  if (!without_cudnn.empty()) std::fprintf(stderr, "kernel_bench: %s\n", without_cudnn.c_str());
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace gpu_sweep

int main(int argc, char** argv) {
  try {
    return gpu_sweep::run(argc, argv);
  } catch (const gpu_sweep::Error& error) {
    std::fprintf(stderr, "kernel_bench: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
