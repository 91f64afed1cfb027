// Shared libraries of our own that are opened at run time.
#pragma once

#include <string>

namespace gpu_sweep {

/// Opens `file` beside the executable, where the build put it, or in lib/gpu_sweep of an installed tree; it
/// stays open until the process ends. Null where it is not there or does not open: `why` then says so in one
/// line.
void* open_library(const std::string& file, std::string* why);

}  // namespace gpu_sweep
