// --fresh: finds a folder that is still empty.
#pragma once

#include <string>

namespace gpu_sweep {

/// Returns `out` if it does not exist or is empty. Otherwise returns the first of OUT.2, OUT.3, ... for which
/// this is true. Nothing is created or removed. Throws Error(kOutput) if a path cannot be looked up.
std::string fresh_directory(const std::string& out);

}  // namespace gpu_sweep
