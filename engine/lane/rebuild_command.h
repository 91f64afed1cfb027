// The command in a bundle (an archive of the installed program, made by `./run bundle`) that builds the CUDA
// lane with the toolkit of this machine.
#pragma once

#include <filesystem>
#include <system_error>

namespace gpu_sweep {

inline constexpr const char* kRebuildCommand = "rebuild_cuda_lane";
inline constexpr const char* kOldestToolkit = "12.3";  // the oldest whose nvcc can compile the lane

/// Returns the path of the command in the bundle to which `program`, the running executable, belongs. Returns
/// an empty path outside a bundle. A bundle keeps its programs in libexec, and their launchers in bin.
inline std::filesystem::path rebuild_command(const std::filesystem::path& program) {
  const std::filesystem::path folder = program.parent_path();
  for (const std::filesystem::path& place : {folder, folder.parent_path() / "bin"}) {
    std::error_code error;
    const bool bundled = place == folder || folder.filename() == "libexec";
    if (bundled && std::filesystem::is_regular_file(place / kRebuildCommand, error))
      return place / kRebuildCommand;
  }
  return {};
}

}  // namespace gpu_sweep
