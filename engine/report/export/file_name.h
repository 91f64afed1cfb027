// Makes file names from names that users choose.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns a name that can be one part of a path, on disk and inside an archive. ASCII letters, digits,
/// spaces and ",=._+-" stay; every other byte, and a leading dot or space, becomes %XX. A result longer than
/// 200 bytes is truncated and ends with a hash. An empty name becomes "%". Different names give different
/// results.
std::string file_name(std::string_view name);

}  // namespace gpu_sweep
