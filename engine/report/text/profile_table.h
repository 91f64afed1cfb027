// The table that --profile prints.
#pragma once

#include <string>

#include "engine/lane/profile.h"

namespace gpu_sweep {

/// Returns one line per operation, the slowest first: share of the lanes' time, seconds, calls, and GFLOP/s
/// for matrix products or GB/s for everything else.
std::string profile_table(const Profile& profile);

}  // namespace gpu_sweep
