// One pass over a set, launched in pieces so that it can be left.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "engine/lane/lane.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Thrown where a stop token has ended a pass.
struct Abandoned {};

/// How long work goes on after a stop.
class Patience {
 public:
  /// Work goes on where its end is so near, in seconds.
  static constexpr double kSeconds = 0.5;

  explicit Patience(std::stop_token stop) : stop_(std::move(stop)) {}

  bool may_end() const { return stop_.stop_possible(); }

  /// Whether a stop is requested and `seconds` more would end too late. The first call after the stop starts
  /// the clock.
  bool ends_before(double seconds);

 private:
  using Clock = std::chrono::steady_clock;

  std::stop_token stop_;
  std::optional<Clock::time_point> deadline_;
};

/// The programs of a pass: one that begins it, and steps in as few launches as the lane's
/// LaneTraits::steps_a_launch allows, the last of which may be a shorter program.
class Pass {
 public:
  Pass() = default;
  /// Compiles `begin` and a pass of `steps` executions of `step`. Throws OutOfMemory.
  Pass(Lane& lane, const Buffer& dataset, const Buffer& arena, const Program& begin, const Program& step,
       int steps);

  /// Queues the pass on the lane that compiled it. Waits and throws Abandoned as `patience` has it; where no
  /// stop is possible it does neither.
  void run(Lane& lane, Patience& patience);

 private:
  int launches() const { return full_launches_ + (rest_share_ > 0 ? 1 : 0); }
  double launch(Lane& lane, int first, int count) const;

  CompiledProgram begin_;
  CompiledProgram steps_;
  CompiledProgram rest_;         // the steps that full launches leave; empty where they leave none
  int full_launches_ = 0;        // of `steps_`
  double rest_share_ = 0;        // steps of `rest_` to those of a full launch; 0: there is no rest
  double seconds_a_launch_ = 0;  // of `steps_`, as last measured; 0: not yet
};

}  // namespace gpu_sweep
