// Times every operation of the study's training and evaluation steps on one device.
//
//   kernel_bench [--device cpu|cuda|cuda:N] [--replicas R] [--precision P] [--hidden L]
//                [--card CARD] [--eager] [Google Benchmark's flags]
//
// The line train_step/all is the whole step, as training runs it. --precision and --hidden restrict the
// benchmarks to one precision or one depth. --card adds the shortest time that is possible on a card, as
// computed for the cards of gpu_sweep plan --roofline. --eager runs one operation at a time, for a profiler.
//
// The counters include the FLOP/s of the products, the smallest number of bytes that each operation must
// move, and these bytes per second. An operation runs repeatedly on the same operands. Operands that fit into
// a core's cache or a card's L2 stay there, so bytes per second do not measure the memory bus. On CUDA,
// kernel_bench_cudnn also times the fp32 operations that can be composed of cuDNN calls, on the same
// operands. Their lines end in /cudnn and count the bytes of the fused operation.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/kernel_bench/cudnn_baseline.h"
#include "apps/kernel_bench/study_step.h"
#include "apps/kernel_bench/time_launches.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/lane/profile.h"
#include "engine/program/op.h"
#include "engine/program/operands.h"
#include "engine/sweep/roofline.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

/// The options besides Google Benchmark's flags.
struct Wishes {
  int replicas = 1;
  std::vector<Precision> precisions;
  std::vector<int> depths;  ///< hidden layers
  std::optional<Card> card;
  LaneOptions lane;
};

/// Adds a counter for the shortest time, which is computed from the card's data sheet.
void count_floor(benchmark::State& state, const std::optional<Card>& card, const std::vector<Op>& ops) {
  if (!card) return;
  double seconds = 0;
  for (const Op& op : ops) seconds += floor_seconds(*card, op);
  state.counters["floor_us"] = seconds * 1e6;
}

void register_ops(StudyStep& step, const Program& program, const Repeats& repeats, const std::string& prefix,
                  const std::optional<Card>& card) {
  std::map<std::string, int> seen;
  for (const Op& op : program.ops) {
    const std::string operation = name(op);
    const std::string title =
        prefix + "/" + program.name + "/" + operation + "/" + std::to_string(seen[operation]++);
    benchmark::RegisterBenchmark(title.c_str(), [&step, op, repeats, card](benchmark::State& state) {
      step.restart();
      const CompiledProgram alone = step.compile_alone(op, repeats.in_a_graph);
      time_launches(state, cost(op), repeats, [&] {
        step.lane().run(alone, repeats.graphs);
        step.lane().wait();
      });
      state.SetLabel(profile_label(op));
      count_floor(state, card, {op});
    })->UseRealTime();
  }
}

/// Registers the whole training step in the way in which an epoch runs it. It has as many steps per launch as
/// in training, so that operands pass through the caches and launches follow each other in the same way. The
/// shorter launch that may end an epoch is left out.
void register_step(StudyStep& step, const std::string& prefix, const std::optional<Card>& card) {
  const std::string title = prefix + "/" + step.train_step().name + "/all";
  benchmark::RegisterBenchmark(title.c_str(), [&step, card](benchmark::State& state) {
    const Program& program = step.train_step();
    const int in_a_graph = std::min(step.lane().traits().steps_per_launch, step.steps_per_epoch());
    const Repeats repeats{in_a_graph, step.steps_per_epoch() / in_a_graph};
    const CompiledProgram steps = step.compile(program, repeats.in_a_graph);
    for (auto _ : state) {
      state.PauseTiming();
      step.restart();
      state.ResumeTiming();
      step.lane().run(steps, repeats.graphs);
      step.lane().wait();
    }
    OpCost least;
    for (const Op& op : program.ops) {
      least.flops += cost(op).flops;
      least.bytes += cost(op).bytes;
    }
    count_operations(state, least, repeats);
    state.counters["nodes"] = steps.nodes().count / static_cast<double>(repeats.in_a_graph);
    count_floor(state, card, program.ops);
  })->UseRealTime();
}

/// Removes `--name value` or `--name=value` from the arguments, and returns the value. Returns `otherwise` if
/// the option is not given.
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

/// Removes `--name` from the arguments and returns whether it was there.
bool take_flag(int& argc, char** argv, const std::string& flag) {
  for (int i = 1; i < argc; ++i) {
    if (argv[i] != flag) continue;
    std::move(argv + i + 1, argv + argc, argv + i);
    --argc;
    return true;
  }
  return false;
}

std::vector<Precision> wished_precisions(const std::string& wish, const DeviceInfo& device) {
  if (wish.empty()) return precisions_of(device);
  const std::optional<Precision> precision = parse_precision(wish);
  if (!precision)
    throw Error(ExitCode::kUsage, "--precision: found '" + wish + "', expected fp32, tf32 or bf16");
  return {*precision};
}

std::vector<int> wished_depths(const std::string& wish) {
  if (wish.empty()) return {1, 5};
  const int depth = std::atoi(wish.c_str());
  if (depth < 1 || depth > 5)
    throw Error(ExitCode::kUsage, "--hidden: found '" + wish + "', expected 1 to 5");
  return {depth};
}

std::optional<Card> wished_card(const std::string& wish) {
  std::optional<Card> card = find_card(wish);
  if (!wish.empty() && !card) {
    throw Error(ExitCode::kUsage, "--card: found '" + wish + "', expected one of gpu_sweep plan --roofline");
  }
  return card;
}

Wishes take_wishes(int& argc, char** argv, const DeviceInfo& device) {
  Wishes wishes;
  wishes.replicas = std::atoi(take_option(argc, argv, "--replicas", "1").c_str());
  if (wishes.replicas < 1) throw Error(ExitCode::kUsage, "--replicas: expected a whole number from 1 on");
  wishes.precisions = wished_precisions(take_option(argc, argv, "--precision", ""), device);
  wishes.depths = wished_depths(take_option(argc, argv, "--hidden", ""));
  wishes.card = wished_card(take_option(argc, argv, "--card", ""));
  wishes.lane.eager = take_flag(argc, argv, "--eager");
  return wishes;
}

int run(int argc, char** argv) {
  const DeviceChoice choice = choose_devices(take_option(argc, argv, "--device", "cpu"));
  const DeviceInfo& device = choice.backend.devices[static_cast<std::size_t>(choice.indices.front())];
  const Wishes wishes = take_wishes(argc, argv, device);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return static_cast<int>(ExitCode::kUsage);

  std::vector<std::unique_ptr<StudyStep>> steps;
  const Repeats repeats = repeats_on(device.device_kind);
  for (const Precision precision : wishes.precisions) {
    for (const int depth : wishes.depths) {
      steps.push_back(std::make_unique<StudyStep>(choice, depth, precision, wishes.replicas, wishes.lane));
      const std::string prefix = std::string(to_string(precision)) + "/" + std::to_string(depth) + "_hidden";
      register_step(*steps.back(), prefix, wishes.card);
      register_ops(*steps.back(), steps.back()->train_step(), repeats, prefix, wishes.card);
      register_ops(*steps.back(), steps.back()->evaluation_step(), repeats, prefix, wishes.card);
      if (device.device_kind == "cuda" && precision == Precision::kFp32) {
        register_cudnn_baseline(*steps.back(), repeats, prefix);
      }
    }
  }
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
