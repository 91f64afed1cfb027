// Reads whole files into memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gpu_sweep {

/// Returns the bytes of a regular file. Throws Error(kData) if the file does not exist, is a directory or a
/// device, cannot be read, or shrinks while it is read. Also throws Error(kData) if it is larger than
/// `most_bytes`; this is checked before any memory is allocated.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace gpu_sweep
