// Which of the known names a misspelt one was meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gpu_sweep {

/// The known name with the fewest insertions, deletions, replacements and swaps of neighbours, or "" where
/// none is near (more than a third of the longer word would change).
std::string nearest_name(std::string_view word, std::span<const std::string> known);

/// " (did you mean 'epochs'?)", or "" where no name is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace gpu_sweep
