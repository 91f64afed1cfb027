// The table that --profile prints.
#pragma once

#include <string>

#include "engine/lane/profile.h"

namespace gpu_sweep {

/// Returns a heading and one line per operation, the slowest first. A line has the share of the time of all
/// operations, the seconds, the number of calls, and the speed, in GFLOP/s for matrix products and in GB/s
/// for all other operations.
std::string profile_table(const Profile& profile);

}  // namespace gpu_sweep
