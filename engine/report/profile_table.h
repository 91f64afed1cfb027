// The table that --profile prints.
#pragma once

#include <string>

#include "engine/lane/profile.h"

namespace gpu_sweep {

/// A line an operation, the slowest first: share of the lanes' time, seconds, calls, and GFLOP/s of products
/// or GB/s of everything else.
std::string profile_table(const Profile& profile);

}  // namespace gpu_sweep
