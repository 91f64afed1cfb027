#include <dlfcn.h>

#include "engine/lane/device.h"
#include "engine/lane/open_library.h"

namespace gpu_sweep {
namespace {

Backend without_devices(const std::string& why) {
  Backend backend;
  backend.why = why;
  return backend;
}

}  // namespace

Backend load_backend(const std::string& device_kind) {
  const std::string file = "libgpu_sweep_" + device_kind + ".so";
  std::string why;
  void* handle = open_library(file, &why);
  if (!handle) return without_devices(why);

  const auto function = reinterpret_cast<LaneLibraryFunction>(dlsym(handle, "gpu_sweep_lane_library"));
  const LaneLibrary* library = function ? function() : nullptr;
  if (!library || library->version != LaneLibrary::kVersion) {
    return without_devices(file + " belongs to another version of gpu_sweep");
  }
  Backend backend;
  backend.devices = library->devices(&backend.why);
  backend.make_lane = library->lane_maker();  // the library stays open: its code runs until the process ends
  return backend;
}

}  // namespace gpu_sweep
