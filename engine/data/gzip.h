// Gzip streams in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Whether the bytes start as a gzip stream does (1f 8b), whatever the file is called.
bool is_gzip(std::span<const std::uint8_t> bytes);

/// The first `count` bytes of the decompressed stream; fewer where it holds fewer. Throws Error(kData) where
/// the stream is damaged. `name` stands in messages.
std::vector<std::uint8_t> gunzip_prefix(std::span<const std::uint8_t> bytes, std::uint64_t count,
                                        const std::string& name);

/// The decompressed stream, which must be `expected` bytes long. Throws Error(kData) where it is damaged,
/// ends early, is longer, or is followed by other bytes. Refuses, before taking memory, a size that no stream
/// of this length can unpack to.
std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> bytes, std::uint64_t expected,
                                 const std::string& name);

}  // namespace gpu_sweep
