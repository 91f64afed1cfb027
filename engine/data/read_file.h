// Reads whole files into memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gpu_sweep {

/// Returns the bytes of a regular file. Throws Error(kData) if the file does not exist, is a directory or a
/// device, cannot be read, shrinks while it is read, or is larger than `most_bytes`, which is checked before
/// any memory is allocated.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace gpu_sweep
