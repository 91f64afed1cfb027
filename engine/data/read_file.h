// Whole files into memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gpu_sweep {

/// The bytes of a regular file. Throws Error(kData) where there is no such file, where it is a directory or a
/// device, where it cannot be read, and, before any memory is taken, where it holds more than `most_bytes`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace gpu_sweep
