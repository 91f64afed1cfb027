// Recognizes what a file contains if it does not have the expected format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace gpu_sweep {

/// Number of leading bytes that `content_words` looks at.
inline constexpr std::size_t kContentBytes = 512;

/// Returns "an HTML page (...)", "a zip archive (...)", ... with advice in parentheses, from the first bytes
/// of a file. Recognizes web pages, Git LFS and git-annex pointers, archives, compressed files and other data
/// formats. Returns an empty string for anything else.
std::string content_words(std::span<const std::uint8_t> bytes);

/// Returns the same for a file, and an empty string if the file cannot be read.
std::string content_words_of(const std::filesystem::path& file);

}  // namespace gpu_sweep
