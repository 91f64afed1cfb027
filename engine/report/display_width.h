// The width of text on a terminal, and the escaping of characters that must not reach the terminal.
#pragma once

#include <string>
#include <string_view>

namespace gpu_sweep {

/// Returns how many columns UTF-8 text takes on a terminal. Common combining marks and zero-width characters
/// take none, East Asian wide characters and most emoji take two, and all other characters take one. Each
/// byte that is not valid UTF-8 also takes one.
int display_width(std::string_view text);

/// Escapes every control character and every byte that is not UTF-8, as "\n", "\x1b" or "\u009b", so that the
/// text fits on one line of a terminal. Line and paragraph separators, and characters that embed, override or
/// isolate a text direction, count as control characters.
std::string printable(std::string_view text);

/// Escapes the control characters from U+007F on in JSON text. Those below U+0020 are already escaped in
/// JSON. The meaning of the JSON does not change.
std::string printable_json(std::string_view json);

/// Pads with spaces to at least `width` columns.
std::string pad_right(std::string_view text, int width);
std::string pad_left(std::string_view text, int width);

}  // namespace gpu_sweep
