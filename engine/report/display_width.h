// How wide a text stands on a terminal, and which characters may not get there.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Columns that UTF-8 text takes: combining marks 0, East Asian wide characters and emoji 2, all else 1. A
/// byte that is no UTF-8 counts 1.
int display_width(std::string_view text);

/// The text with every control character and every byte that is no UTF-8 escaped, as "\n", "\x1b" or
/// "\u009b": fit for one line of a terminal. Characters that turn the direction of what follows count as
/// control characters.
std::string printable(std::string_view text);

/// The same for JSON, which escapes those below U+0020 itself: it means what it meant.
std::string printable_json(std::string_view json);

/// Padded with spaces to at least `width` columns.
std::string pad_right(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

}  // namespace gpu_sweep
