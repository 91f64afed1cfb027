// Helpers for checking printed text.
#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace gpu_sweep::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Returns how often `part` occurs in a text, counting overlapping occurrences.
inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace gpu_sweep::test
