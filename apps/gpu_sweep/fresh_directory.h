// --fresh: a place that holds nothing yet.
#pragma once

#include <string>

namespace gpu_sweep {

/// `out` if it is not there or empty, else the first of OUT.2, OUT.3, ... that is. Makes and removes nothing.
std::string fresh_directory(const std::string& out);

}  // namespace gpu_sweep
