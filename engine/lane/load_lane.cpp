#include <dlfcn.h>

#include "engine/lane/lane_library.h"
#include "engine/lane/open_library.h"
#include "engine/lane/rebuild_command.h"

namespace gpu_sweep {
namespace {

/// Returns advice for a machine that lacks the libraries of the toolkit with which the lane was built.
/// Returns an empty string if the program does not belong to a bundle, because only a bundle has the command
/// (rebuild_command.h).
std::string rebuild_advice(const std::string& file) {
  std::error_code error;
  const auto command = rebuild_command(std::filesystem::read_symlink("/proc/self/exe", error));
  if (command.empty()) return "";
  return "if this machine has a CUDA toolkit of version " + std::string(kOldestToolkit) + " or newer, " +
         command.string() + " builds " + file + " with it";
}

}  // namespace

Backend load_backend(const std::string& device_kind) {
  const std::string file = "libgpu_sweep_" + device_kind + ".so";
  OpenedLibrary opened = open_library(file);
  Backend backend;
  backend.origin = std::move(opened.report);
  if (!opened.handle) {
    backend.why = opened.why;
    if (device_kind == "cuda" && opened.lacks_machine_libraries) {
      if (std::string advice = rebuild_advice(file); !advice.empty())
        backend.origin.push_back(std::move(advice));
    }
    return backend;
  }
  const auto function = reinterpret_cast<LaneLibraryFunction>(dlsym(opened.handle, "gpu_sweep_lane_library"));
  const LaneLibrary* library = function ? function() : nullptr;
  if (!library || library->version != LaneLibrary::kVersion) {
    backend.why = opened.file.string() + " belongs to another version of gpu_sweep";
    return backend;
  }
  backend.origin.insert(backend.origin.begin(),
                        opened.file.string() + ", built with " + library->built_with());
  backend.devices = library->devices(&backend.why);
  backend.make_lane = library->lane_maker();  // the library stays open: its code runs until the process ends
  return backend;
}

}  // namespace gpu_sweep
