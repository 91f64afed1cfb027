// One pass over a split, launched in pieces so that it can be abandoned.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "engine/lane/lane.h"
#include "engine/program/program.h"

namespace gpu_sweep {

/// Thrown when a stop request ends a pass early.
struct Abandoned {};

/// Decides how long work continues after a stop request.
class Patience {
 public:
  /// Work that would end within this many seconds after the stop request is continued.
  static constexpr double kSeconds = 0.5;

  explicit Patience(std::stop_token stop) : stop_(std::move(stop)) {}

  bool may_end() const { return stop_.stop_possible(); }

  /// Returns true if a stop is requested and work for another `seconds` would end too late. The first call
  /// after the stop request starts the clock.
  bool ends_before(double seconds);

 private:
  using Clock = std::chrono::steady_clock;

  std::stop_token stop_;
  std::optional<Clock::time_point> deadline_;
};

/// The programs of a pass. One begins the pass; the others execute its steps, in as few launches as
/// LaneTraits::steps_per_launch allows. The last launch may be a shorter program.
class Pass {
 public:
  Pass() = default;
  /// Compiles `begin` and a pass of `steps` executions of `step`. Throws OutOfMemory.
  Pass(Lane& lane, const Buffer& dataset, const Buffer& arena, const Program& begin, const Program& step,
       int steps);

  /// Queues the pass on the lane that compiled it. If a stop is possible, waits between launches, and throws
  /// Abandoned if `patience` would end before the pass does. May return before the last launches are done.
  void run(Lane& lane, Patience& patience);

 private:
  int launches() const { return full_launches_ + (rest_share_ > 0 ? 1 : 0); }
  double launch(Lane& lane, int first, int count) const;

  CompiledProgram begin_;
  CompiledProgram steps_;
  CompiledProgram rest_;           // the steps that remain after the full launches; may be empty
  int full_launches_ = 0;          // of `steps_`
  double rest_share_ = 0;          // size of `rest_` relative to a full launch; 0: no rest
  double seconds_per_launch_ = 0;  // of `steps_`, as last measured; 0: not measured yet
};

}  // namespace gpu_sweep
