// Opens this project's own shared libraries at run time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The result of opening a library.
struct OpenedLibrary {
  void* handle = nullptr;                ///< null if it was not found or does not open
  std::filesystem::path file;            ///< the file that was opened
  std::string why;                       ///< if the handle is null, why, in one line
  bool lacks_machine_libraries = false;  ///< whether that is why: libraries of the machine that `file` needs
  std::vector<std::string> report;  ///< the files loaded from the machine, or the places searched for them
};

/// Opens the library `file`, the first that opens of: beside the executable (a build tree);
/// lib/gpu_sweep/local of the installed tree whose bin or libexec holds the executable (a library built for
/// this machine); lib/gpu_sweep of that tree; the same places relative to the shared library that holds this
/// code. Never searches the working directory, nor the parent of an executable's folder with another name.
/// Loads the NVIDIA and MPI libraries it needs first (machine_libraries.h). It stays open until the process
/// ends.
OpenedLibrary open_library(const std::string& file);

}  // namespace gpu_sweep
