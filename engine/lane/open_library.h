// Shared libraries of our own that are opened at run time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// What opening a library came to.
struct OpenedLibrary {
  void* handle = nullptr;           ///< null where it is nowhere or does not open
  std::filesystem::path file;       ///< what was opened
  std::string why;                  ///< where the handle is null, why, in one line
  std::vector<std::string> report;  ///< which files it took from the machine, or where it looked for them
};

/// Opens our library `file`, the first that opens of: beside the executable (a build), lib/gpu_sweep/local of
/// the installed tree whose bin or libexec holds the executable (one that was built for this machine),
/// lib/gpu_sweep of it, and the same places of the shared library that holds this code. Never in the working
/// directory, nor above an executable's folder of another name.
/// What it needs of NVIDIA and MPI is loaded before (machine_libraries.h). It stays open until the process
/// ends.
OpenedLibrary open_library(const std::string& file);

}  // namespace gpu_sweep
