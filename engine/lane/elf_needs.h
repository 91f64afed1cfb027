// The libraries that a shared library needs, read from its file without loading it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Returns the names of the libraries that the loader looks for when it opens `file`: the DT_NEEDED entries
/// of a 64-bit little-endian ELF file, in order. Returns nothing if `file` is not such a file or cannot be
/// read; opening it will then report the reason.
std::vector<std::string> needed_libraries(const std::filesystem::path& file);

}  // namespace gpu_sweep
