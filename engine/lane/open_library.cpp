#include "engine/lane/open_library.h"

#include <dlfcn.h>

#include <filesystem>
#include <vector>

namespace gpu_sweep {
namespace {

constexpr const char* kFolder = "gpu_sweep";  // of an installed tree's lib

/// Beside the executable (a build), in lib/gpu_sweep beside its folder (an installed tree), or near the
/// library that holds this code (a program of others that uses the engine).
std::vector<std::filesystem::path> library_places(const std::string& file) {
  std::vector<std::filesystem::path> places;
  std::error_code error;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto directory = executable.parent_path();
    places = {directory / file, directory.parent_path() / file,
              directory.parent_path() / "lib" / kFolder / file};
  }
  static const char in_this_library = 0;
  Dl_info info;
  if (dladdr(&in_this_library, &info) != 0 && info.dli_fname != nullptr) {
    const auto library = std::filesystem::weakly_canonical(info.dli_fname, error);
    if (!error) {
      places.push_back(library.parent_path() / file);
      places.push_back(library.parent_path() / kFolder / file);
    }
  }
  return places;
}

}  // namespace

void* open_library(const std::string& file, std::string* why) {
  for (const auto& place : library_places(file)) {
    if (!std::filesystem::exists(place)) continue;
    void* handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) *why = "cannot open " + place.string() + ": " + dlerror();
    return handle;
  }
  *why = "this build has no " + file;
  return nullptr;
}

}  // namespace gpu_sweep
