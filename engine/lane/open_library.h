// Opens this project's own shared libraries at run time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The result of opening a library.
struct OpenedLibrary {
  void* handle = nullptr;                ///< null if the library was not found or cannot be opened
  std::filesystem::path file;            ///< the file that was opened
  std::string why;                       ///< the reason in one line if the handle is null
  bool lacks_machine_libraries = false;  ///< whether the reason is a library missing from the machine
  std::vector<std::string> report;  ///< the files loaded from the machine, or the places searched for them
};

/// Opens the first copy of the library `file` that can be opened. Looks beside the executable (a build tree),
/// in lib/gpu_sweep/local of the installed tree whose bin or libexec holds the executable (a library built
/// for this machine), in lib/gpu_sweep of that tree, and in the same places relative to the shared library
/// that holds this code. Never searches the working directory, nor the parent of an executable's folder that
/// is not named bin or libexec. First loads the NVIDIA and MPI libraries that `file` needs
/// (machine_libraries.h). The library stays open until the process ends.
OpenedLibrary open_library(const std::string& file);

}  // namespace gpu_sweep
