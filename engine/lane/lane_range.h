// Shows what the engine is doing on the timeline of the device's profiler (docs/profiling.md).
#pragma once

#include <string>

#include "engine/lane/lane.h"

namespace gpu_sweep {

/// While it lives, names the calling thread's activity on `lane`: the training of a group, an epoch, ...
class LaneRange {
 public:
  LaneRange(Lane& lane, const std::string& name) : lane_(lane) { lane_.push_range(name.c_str()); }
  ~LaneRange() { lane_.pop_range(); }
  LaneRange(const LaneRange&) = delete;
  LaneRange& operator=(const LaneRange&) = delete;

 private:
  Lane& lane_;
};

}  // namespace gpu_sweep
