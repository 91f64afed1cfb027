// Checks how deeply a TOML document is nested before the document is parsed.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// The limit for the parts of a dotted key or a [header], and for the nesting of arrays and inline tables.
inline constexpr int kMostKeyParts = 64;
inline constexpr int kMostNesting = 64;

/// Throws Error(kUsage) if `text` exceeds the limits. The message is one line with file, line number, found
/// and expected.
/// The check is needed because toml++ recurses over the document, one level per part of a key, and sets no
/// limit on keys or headers, so that a small file could overflow the stack. It takes linear time, and it
/// accepts texts that toml::parse rejects for other reasons.
void check_toml_depth(std::string_view text, const std::string& file);

}  // namespace gpu_sweep
