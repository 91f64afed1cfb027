// Gzip files in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Deflate packs at most 258 bytes into two bits, so no stream can unpack to more than this many times its
/// own length.
inline constexpr std::uint64_t kMostExpansion = 1032;

/// Returns whether the bytes start like a gzip stream (1f 8b), whatever the file is called.
bool is_gzip(std::span<const std::uint8_t> bytes);

/// Returns the first `count` bytes of what the members of a gzip file unpack to, or all bytes if there are
/// fewer. Throws Error(kData) if the stream is damaged. `name` is used in messages.
std::vector<std::uint8_t> gunzip_prefix(std::span<const std::uint8_t> bytes, std::uint64_t count,
                                        const std::string& name);

/// Unpacks the members of a gzip file whose unpacked size is not known. Memory grows with the unpacked bytes.
/// Throws Error(kData) as `gunzip` does, and if there are more than `most_bytes` unpacked bytes.
std::vector<std::uint8_t> gunzip_all(std::span<const std::uint8_t> bytes, std::uint64_t most_bytes,
                                     const std::string& name);

/// Unpacks the members of a gzip file (RFC 1952), one after the other, to `expected` bytes. The file may be
/// padded with zeros. Throws Error(kData) if a member is damaged or ends early, if the unpacked size differs,
/// or if other bytes follow. Refuses, before allocating memory, a size that no file of this length can unpack
/// to.
std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> bytes, std::uint64_t expected,
                                 const std::string& name);

}  // namespace gpu_sweep
