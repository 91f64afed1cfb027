// Unpacks gzip files that are in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The greatest ratio of unpacked to packed size. Deflate encodes at most 258 bytes in two bits, so no stream
/// can unpack to more than 1032 times its own length.
inline constexpr std::uint64_t kMostExpansion = 1032;

/// Returns whether the bytes start like a gzip stream (1f 8b).
bool is_gzip(std::span<const std::uint8_t> bytes);

/// Unpacks the members of a gzip file until `count` bytes are reached, and returns these bytes, or all bytes
/// if there are fewer. Throws Error(kData) if the stream is damaged. Messages call the file `name`.
std::vector<std::uint8_t> gunzip_prefix(std::span<const std::uint8_t> bytes, std::uint64_t count,
                                        const std::string& name);

/// Unpacks the members of a gzip file whose unpacked size is not known. Memory is allocated only as bytes are
/// unpacked. Throws Error(kData) if a member is damaged or ends early, if the file unpacks to more than
/// `most_bytes`, or if bytes other than zeros follow.
std::vector<std::uint8_t> gunzip_all(std::span<const std::uint8_t> bytes, std::uint64_t most_bytes,
                                     const std::string& name);

/// Unpacks the members of a gzip file (RFC 1952), one after the other, to `expected` bytes. The file may be
/// padded with zeros. Throws Error(kData) if a member is damaged or ends early, if the unpacked size differs
/// from `expected`, or if other bytes follow. If no file of this length can unpack to `expected` bytes,
/// throws before any memory is allocated.
std::vector<std::uint8_t> gunzip(std::span<const std::uint8_t> bytes, std::uint64_t expected,
                                 const std::string& name);

}  // namespace gpu_sweep
