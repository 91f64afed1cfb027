// The width of text on a terminal, and the escaping of characters that must not reach the terminal.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns the columns that UTF-8 text takes: 0 for combining marks, 2 for East Asian wide characters and
/// emoji, 1 for all others and for each byte that is not UTF-8.
int display_width(std::string_view text);

/// Escapes every control character and every byte that is not UTF-8, as "\n", "\x1b" or "\u009b", so that the
/// text fits on one line of a terminal. Line and paragraph separators, and characters that embed, override or
/// isolate a text direction, count as control characters.
std::string printable(std::string_view text);

/// Escapes the control characters from U+007F in JSON text, where those below U+0020 are escaped already. The
/// meaning of the JSON is unchanged.
std::string printable_json(std::string_view json);

/// Pads with spaces to at least `width` columns.
std::string pad_right(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

}  // namespace gpu_sweep
