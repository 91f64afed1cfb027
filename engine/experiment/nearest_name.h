// Finds the known name that a misspelled name was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns the known name with the fewest insertions, deletions, replacements and swaps of neighboring
/// letters, or "" if none is near (more than about a third of the longer word would have to change).
std::string nearest_name(std::string_view word, std::span<const std::string> known);

/// Returns " (did you mean 'epochs'?)", or "" if no name is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace gpu_sweep
