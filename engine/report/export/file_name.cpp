#include "engine/report/export/file_name.h"

#include <fmt/format.h>

#include "engine/data/sha256.h"

namespace gpu_sweep {

namespace {

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" ,=._+-").find(c) != std::string_view::npos;
}

}  // namespace

std::string file_name(std::string_view name) {
  constexpr std::size_t kLongest = 200;
  std::string result;
  for (const char c : name) {
    const bool first = result.empty() && (c == '.' || c == ' ');
    result +=
        is_harmless(c) && !first ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  if (result.size() > kLongest) {
    // Unique: "~" occurs only in truncated names.
    constexpr std::size_t kHash = 32;
    result = result.substr(0, kLongest - kHash - 1) + "~" + sha256_hex(std::string(name)).substr(0, kHash);
  }
  return result.empty() ? "%" : result;
}

}  // namespace gpu_sweep
