// Gzip files in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Whether the bytes start as a gzip stream does (1f 8b), whatever the file is called.
bool is_gzip(std::span<const std::uint8_t> bytes);

/// The first `count` bytes that the members of a gzip file unpack to; fewer where it holds fewer. Throws
/// Error(kData) where the stream is damaged. `name` stands in messages.
std::vector<std::uint8_t> gunzip_prefix(std::span<const std::uint8_t> bytes, std::uint64_t count,
                                        const std::string& name);

/// What the members of a gzip file (RFC 1952) unpack to, one after the other: `expected` bytes. Zeros may pad
/// the file. Throws Error(kData) where a member is damaged or ends early, where they unpack to more or less,
/// or where other bytes follow. Refuses, before taking memory, a size that no file of this length can unpack
/// to.
std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> bytes, std::uint64_t expected,
                                 const std::string& name);

}  // namespace gpu_sweep
