#include <dlfcn.h>

#include <filesystem>
#include <vector>

#include "engine/lane/device.h"

namespace gpu_sweep {
namespace {

std::vector<std::filesystem::path> library_places(const std::string& file) {
  std::vector<std::filesystem::path> places;
  std::error_code error;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto directory = executable.parent_path();
    places = {directory / file, directory.parent_path() / file, directory.parent_path() / "lib" / file};
  }
  return places;
}

Backend without_devices(const std::string& why) {
  Backend backend;
  backend.why = why;
  return backend;
}

}  // namespace

Backend load_backend(const std::string& device_kind) {
  const std::string file = "libgpu_sweep_" + device_kind + ".so";
  void* handle = nullptr;
  for (const auto& place : library_places(file)) {
    if (!std::filesystem::exists(place)) continue;
    handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle) break;
    return without_devices("cannot open " + place.string() + ": " + dlerror());
  }
  if (!handle) return without_devices("this build has no " + file);

  const auto function = reinterpret_cast<LaneLibraryFunction>(dlsym(handle, "gpu_sweep_lane_library"));
  const LaneLibrary* library = function ? function() : nullptr;
  if (!library || library->version != LaneLibrary::kVersion) {
    return without_devices(file + " belongs to another version of gpu_sweep");
  }
  Backend backend;
  backend.devices = library->devices(&backend.why);
  backend.make_lane = library->make_lane;  // the library stays open: its code runs until the process ends
  return backend;
}

}  // namespace gpu_sweep
