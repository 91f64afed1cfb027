#include "apps/gpu_sweep/weights_path.h"

#include <string_view>

#include "engine/data/sha256.h"

namespace gpu_sweep {
namespace {

bool is_safe(char c) {
  const bool is_letter = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
  return is_letter || ('0' <= c && c <= '9') ||
         std::string_view(" .,=+-_{}()").find(c) != std::string_view::npos;
}

}  // namespace

std::filesystem::path weights_path(const std::filesystem::path& directory, const std::string& model,
                                   std::uint64_t seed) {
  constexpr std::size_t kLongest = 150;  // bytes; file systems take 255
  std::string name = model.substr(0, kLongest);
  for (char& c : name) {
    if (!is_safe(c)) c = '_';
  }
  if (name.front() == '.') name.front() = '_';
  if (name != model) name += " " + sha256_hex(model).substr(0, 8);
  return directory / (name + ", seed " + std::to_string(seed) + ".npz");
}

}  // namespace gpu_sweep
