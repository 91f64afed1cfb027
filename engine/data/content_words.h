// What the bytes of a file are, where they are not what was asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace gpu_sweep {

/// As many first bytes as `content_words` looks at.
inline constexpr std::size_t kContentBytes = 512;

/// "an HTML page (...)", "a zip archive (...)", ... with what to do about it, by the first bytes of a file:
/// web pages, pointers of Git LFS and git-annex, archives, compressed files and other formats of data. Empty
/// where they are none of these.
std::string content_words(std::span<const std::uint8_t> bytes);

/// The same of a file; empty also where it cannot be read.
std::string content_words_of(const std::filesystem::path& file);

}  // namespace gpu_sweep
