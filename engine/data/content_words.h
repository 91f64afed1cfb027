// Recognizes the contents of a file that does not have the expected format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace gpu_sweep {

/// Number of leading bytes that `content_words` looks at.
inline constexpr std::size_t kContentBytes = 512;

/// Describes a file by its first bytes, if it recognizes them: "an HTML page (...)", "a zip archive (unpack
/// it)", "a PNG image, not an IDX file", and so on. Returns an empty string for all other contents.
std::string content_words(std::span<const std::uint8_t> bytes);

/// Returns content_words of the first bytes of `file`, or an empty string if the file cannot be read.
std::string content_words_of(const std::filesystem::path& file);

}  // namespace gpu_sweep
