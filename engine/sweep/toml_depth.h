// How deep a TOML document nests, seen before it is parsed.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Parts of a dotted key or of a [header]; arrays and inline tables inside one another.
inline constexpr int kMostKeyParts = 64;
inline constexpr int kMostNesting = 64;

/// toml++ walks what it has read by recursion, one level a part of a key, and bounds neither keys nor
/// headers: a small file could overflow the stack. Throws Error(kUsage), one line with file, line number,
/// found and expected, where `text` goes deeper. Linear in the text; takes whatever toml::parse refuses
/// later.
void check_toml_depth(std::string_view text, const std::string& file);

}  // namespace gpu_sweep
