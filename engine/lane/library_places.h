// Folders of this machine that may contain third-party libraries.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// A set of folders that are searched for the same reason.
struct LibraryPlace {
  std::string reason;  ///< the name of a variable, or words such as "/usr/local/cuda*"
  std::vector<std::filesystem::path> folders;  ///< absolute, existing, in search order
};

/// Returns the places where NVIDIA's libraries may be, in search order: CUDA_HOME, CUDA_PATH,
/// LD_LIBRARY_PATH, /usr/local/cuda*, conda's environment, pip's packages nvidia/*/lib (of VIRTUAL_ENV, of
/// CONDA_PREFIX, of the python3 on PATH, of the user and of the system), and the system's folders
/// (/usr/lib/x86_64-linux-gnu, /usr/lib64, /usr/lib). The system's folders are listed because the loader must
/// not search for libraries itself if LD_LIBRARY_PATH makes it search the working directory
/// (loader_searches_working_directory). Empty and relative elements of variables are skipped, because they
/// refer to the working directory. No other program is started to find the places.
std::vector<LibraryPlace> cuda_places();

/// Returns the places where Open MPI's library may be, in search order: MPI_HOME, LD_LIBRARY_PATH, the
/// installation to which the mpirun on PATH belongs, the folders that distributions use for MPI, and the
/// system's folders.
std::vector<LibraryPlace> mpi_places();

/// Returns a line that lists the places, including those without an existing folder.
std::string describe(const std::vector<LibraryPlace>& places);

/// Returns whether LD_LIBRARY_PATH has an empty or a relative element. Such an element makes the loader
/// search the working directory.
bool loader_searches_working_directory();

}  // namespace gpu_sweep
