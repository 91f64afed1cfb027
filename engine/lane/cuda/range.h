// Named ranges on the calling thread's line of a profiler's timeline (docs/profiling.md).
#pragma once

#include <nvtx3/nvToolsExt.h>

namespace gpu_sweep::cuda {

class Range {
 public:
  explicit Range(const char* name) { nvtxRangePushA(name); }
  ~Range() { nvtxRangePop(); }
  Range(const Range&) = delete;
  Range& operator=(const Range&) = delete;
};

}  // namespace gpu_sweep::cuda
