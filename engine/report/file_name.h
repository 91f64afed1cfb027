// From names that users give to names of files.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// A name that can stand as one part of a path on any file system and inside an archive: letters, digits and
/// " ,=._+-" stay, every other byte becomes %XX, as does a leading dot or space; what would be longer than
/// 200 bytes is cut and ends with a hash. Different names give different results.
std::string file_name(std::string_view name);

}  // namespace gpu_sweep
