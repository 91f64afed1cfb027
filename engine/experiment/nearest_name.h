// Finds the known name that was probably meant by a misspelled name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns the known name that differs from `word` by the fewest insertions, deletions, replacements and
/// swaps of neighboring letters. Returns "" if no name is near, that is, if more than about a third of the
/// longer word would have to change or `word` has more than 64 bytes.
std::string nearest_name(std::string_view word, std::span<const std::string> known);

/// Returns a hint such as " (did you mean 'epochs'?)", or "" if no name is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace gpu_sweep
