// Checks how deeply a TOML document is nested, before it is parsed.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// The most parts of a dotted key or [header], and the deepest nesting of arrays and inline tables.
inline constexpr int kMostKeyParts = 64;
inline constexpr int kMostNesting = 64;

/// Throws Error(kUsage), one line with file, line number, found and expected, if `text` exceeds these limits.
/// toml++ recurses over the document, one level per part of a key, and sets no limit on keys or headers, so a
/// small file could overflow the stack. Takes linear time; accepts text that toml::parse rejects later.
void check_toml_depth(std::string_view text, const std::string& file);

}  // namespace gpu_sweep
