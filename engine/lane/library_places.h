// Folders of the machine in which libraries of others may lie.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// Folders that are searched for one reason.
struct LibraryPlace {
  std::string reason;                          ///< a variable, a pattern of folders
  std::vector<std::filesystem::path> folders;  ///< absolute, existing, in the order of search
};

/// Where NVIDIA's libraries may lie, first place first: CUDA_HOME, CUDA_PATH, LD_LIBRARY_PATH,
/// /usr/local/cuda*, conda's environment, and pip's packages nvidia/*/lib (of VIRTUAL_ENV, CONDA_PREFIX, the
/// python3 on PATH, the user and the system), and the system's folders (/usr/lib/x86_64-linux-gnu,
/// /usr/lib64, /usr/lib), so that a variable for which the loader must not be asked hides none. Empty and
/// relative elements of variables, which mean the working directory, are passed over. No other program is
/// run.
std::vector<LibraryPlace> cuda_places();

/// Where Open MPI's library may lie: MPI_HOME, LD_LIBRARY_PATH, the installation of the mpirun on PATH, the
/// folders that distributions give it, and the system's folders.
std::vector<LibraryPlace> mpi_places();

/// The places in one line, in which a place without a folder is named, too.
std::string describe(const std::vector<LibraryPlace>& places);

/// Whether LD_LIBRARY_PATH has an empty or relative element, through which the loader looks in the working
/// directory.
bool loader_searches_working_directory();

}  // namespace gpu_sweep
