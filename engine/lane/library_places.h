// Folders of the machine that may contain third-party libraries.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Folders that are searched for one reason.
struct LibraryPlace {
  std::string reason;                          ///< the name of a variable, a pattern of folders
  std::vector<std::filesystem::path> folders;  ///< absolute, existing, in search order
};

/// Returns where NVIDIA's libraries may be, in search order: CUDA_HOME, CUDA_PATH, LD_LIBRARY_PATH,
/// /usr/local/cuda*, conda's environment, pip's packages nvidia/*/lib (of VIRTUAL_ENV, CONDA_PREFIX, the
/// python3 on PATH, the user and the system), and the system's folders (/usr/lib/x86_64-linux-gnu,
/// /usr/lib64, /usr/lib). The system's folders are listed because the loader must not search for libraries if
/// LD_LIBRARY_PATH is unsafe. Skips empty and relative elements of variables, which mean the working
/// directory. Runs no other program.
std::vector<LibraryPlace> cuda_places();

/// Returns where Open MPI's library may be: MPI_HOME, LD_LIBRARY_PATH, the MPI installation that the mpirun
/// on PATH belongs to, the folders that distributions use for it, and the system's folders.
std::vector<LibraryPlace> mpi_places();

/// Returns the places in one line, including those without a folder.
std::string describe(const std::vector<LibraryPlace>& places);

/// Returns whether LD_LIBRARY_PATH has an empty or relative element, which makes the loader search the
/// working directory.
bool loader_searches_working_directory();

}  // namespace gpu_sweep
