// Times a single operation, which may be ours or a library's.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "engine/program/operands.h"

namespace gpu_sweep {

/// How often an operation runs between two readings of the clock. A compiled program or graph contains
/// `in_a_graph` executions. It is launched `graphs` times, followed by a single wait.
struct Repeats {
  int in_a_graph;
  int graphs;
  std::int64_t total() const { return std::int64_t{in_a_graph} * graphs; }
};

/// Returns the repeats for a device. On a card there are so many that operations of 1 us take 10 ms in total,
/// because the wait may end 50 us too late.
inline Repeats repeats_on(const std::string& device_kind) {
  if (device_kind == "simt") return {2, 1};  // times on the stand-in mean nothing
  return device_kind == "cuda" ? Repeats{200, 50} : Repeats{20, 1};
}

/// Sets the counters of a benchmark with `repeats.total()` operations per iteration: microseconds per
/// operation, FLOP/s of products, the minimum bytes that the operation must move, and these bytes per second.
inline void count_operations(benchmark::State& state, const OpCost& least, const Repeats& repeats) {
  using benchmark::Counter;
  const double operations = static_cast<double>(state.iterations()) * static_cast<double>(repeats.total());
  state.counters["us"] = Counter(operations * 1e-6, Counter::kIsRate | Counter::kInvert);
  if (least.flops > 0) state.counters["FLOP/s"] = Counter(least.flops * operations, Counter::kIsRate);
  state.counters["bytes"] = static_cast<double>(least.bytes);
  state.counters["B/s"] = Counter(static_cast<double>(least.bytes) * operations, Counter::kIsRate);
}

/// Times `launch_and_wait`, which runs `repeats.total()` operations.
template <class Launch>
void time_launches(benchmark::State& state, const OpCost& least, const Repeats& repeats,
                   const Launch& launch_and_wait) {
  for (auto _ : state) launch_and_wait();
  count_operations(state, least, repeats);
}

}  // namespace gpu_sweep
