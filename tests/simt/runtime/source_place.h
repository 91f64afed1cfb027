// Source locations in device code.
#pragma once

#include <source_location>
#include <string>

namespace simt {

/// Returns text such as "update.cu:31".
inline std::string place(std::source_location where) {
  const std::string path = where.file_name();
  return path.substr(path.rfind('/') + 1) + ":" + std::to_string(where.line());
}

inline bool same_place(std::source_location a, std::source_location b) {
  return a.line() == b.line() && a.file_name() == b.file_name();
}

}  // namespace simt
