#include "engine/report/display_width.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gpu_sweep {

namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// Decodes the first character of a non-empty text.
Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[bytes] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, bytes, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const Range& range) { return code >= range.first && code <= range.last; });
}

// Blocks of combining marks, zero-width characters and variation selectors in Unicode. Text with marks of
// other blocks (Hebrew, for example) is measured as wider than it is.
constexpr std::array<Range, 6> kCombining = {{{0x300, 0x36f},
                                              {0x1ab0, 0x1aff},
                                              {0x1dc0, 0x1dff},
                                              {0x200b, 0x200f},
                                              {0x20d0, 0x20ff},
                                              {0xfe00, 0xfe0f}}};
constexpr std::array<Range, 8> kWide = {{{0x1100, 0x115f},
                                         {0x2e80, 0xa4cf},
                                         {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff},
                                         {0xfe30, 0xfe6f},
                                         {0xff01, 0xff60},
                                         {0x1f300, 0x1faff},
                                         {0x20000, 0x3fffd}}};

int width(char32_t code) {
  if (contains(kCombining, code)) return 0;
  return contains(kWide, code) ? 2 : 1;
}

/// Returns whether the code is C0, DEL, C1, a line or paragraph separator, or a character that embeds,
/// overrides or isolates a text direction.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
}

void escape_byte(char byte, std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  text += {'\\', 'x', kHex[value >> 4], kHex[value & 15]};
}

/// Appends an escape. The code of every control character (is_control) has at most four hex digits.
void escape_code(char32_t code, std::string& text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  text += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) text += kHex[code >> shift & 15];
}

std::string spaces(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

}  // namespace

int display_width(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character character = decode(text);
    columns += character.valid ? width(character.code) : 1;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Character character = decode(text);
    if (character.valid && !is_control(character.code)) {
      result += text.substr(0, character.bytes);
    } else if (character.code == '\n' && character.valid) {
      result += "\\n";
    } else if (character.bytes == 1) {
      escape_byte(text.front(), result);
    } else {
      escape_code(character.code, result);
    }
    text.remove_prefix(character.bytes);
  }
  return result;
}

std::string printable_json(std::string_view json) {
  std::string result;
  while (!json.empty()) {
    const Character character = decode(json);
    if (character.valid && character.code >= 0x7f && is_control(character.code)) {
      escape_code(character.code, result);
    } else {
      result += json.substr(0, character.bytes);
    }
    json.remove_prefix(character.bytes);
  }
  return result;
}

std::string pad_right(std::string_view text, int columns) {
  return std::string(text) + spaces(columns - display_width(text));
}

std::string pad_left(std::string_view text, int columns) {
  return spaces(columns - display_width(text)) + std::string(text);
}

}  // namespace gpu_sweep
