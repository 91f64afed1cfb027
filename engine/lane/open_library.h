// Opens this project's own shared libraries at run time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The result of opening a library.
struct OpenedLibrary {
  void* handle = nullptr;                ///< null if the library was not found or cannot be opened
  std::filesystem::path file;            ///< the file that was opened or failed to open
  std::string why;                       ///< the reason in one line if the handle is null
  bool lacks_machine_libraries = false;  ///< whether the reason is a library that this machine lacks
  std::vector<std::string> report;       ///< lines on files loaded or not used, and on the places searched
};

/// Opens the first copy of the library `file` that can be opened. The places are, in this order: the folder
/// of the executable (in a build tree), lib/gpu_sweep/local in the installed tree whose bin or libexec holds
/// the executable (for a library built on this machine), and lib/gpu_sweep in that tree. Then follow the
/// folder of the shared library that holds this code, and gpu_sweep/local and gpu_sweep inside that folder.
/// The working directory is never searched, and neither is the parent of an executable's folder that is not
/// named bin or libexec. Before a copy is opened, the NVIDIA and MPI libraries that it needs are loaded
/// (machine_libraries.h). The library stays open until the process ends.
OpenedLibrary open_library(const std::string& file);

}  // namespace gpu_sweep
