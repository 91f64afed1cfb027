// The text that a terminal shows for the bytes it receives.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace gpu_sweep::test {

/// Returns the lines that a terminal shows after it has received `text`. "\r" returns to the start of the
/// line, and "\x1b[K" erases the line from the cursor on.
inline std::vector<std::string> shown_by_a_terminal(const std::string& text) {
  std::vector<std::string> lines(1);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else if (text[i] == '\r') {
      column = 0;
    } else if (text.compare(i, 3, "\x1b[K") == 0) {
      lines.back().resize(column);
      i += 2;
    } else {
      lines.back().resize(std::max(lines.back().size(), column + 1), ' ');
      lines.back()[column++] = text[i];
    }
  }
  return lines;
}

}  // namespace gpu_sweep::test
