// How an operation is timed, ours or a library's.
#pragma once

#include <benchmark/benchmark.h>

#include "engine/program/op_cost.h"

namespace gpu_sweep {

inline constexpr int kLaunchesAtOnce = 20;  ///< so that queueing and waiting do not count

/// Times `launch_and_wait`, which does kLaunchesAtOnce operations. Counters: microseconds an operation,
/// FLOP/s of products, and the bytes a second that the operation must at least move.
template <class Launch>
void time_launches(benchmark::State& state, const OpCost& least, const Launch& launch_and_wait) {
  for (auto _ : state) launch_and_wait();
  using benchmark::Counter;
  const double launches = static_cast<double>(state.iterations()) * kLaunchesAtOnce;
  state.counters["us"] = Counter(launches * 1e-6, Counter::kIsRate | Counter::kInvert);
  if (least.flops > 0) state.counters["FLOP/s"] = Counter(least.flops * launches, Counter::kIsRate);
  state.counters["B/s"] = Counter(static_cast<double>(least.bytes) * launches, Counter::kIsRate);
}

}  // namespace gpu_sweep
