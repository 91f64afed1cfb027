// Libraries of others that are never carried along but found on the machine: NVIDIA's, and MPI.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// What loading the machine's libraries came to.
struct MachineLibraries {
  std::vector<std::string> missing;  ///< names of those that are in none of the places
  std::vector<std::string>
      report;                   ///< a line for each that was loaded or did not open, and the places searched
  bool loader_may_look = true;  ///< for those that are missing, without looking in the working directory
};

/// Loads the libraries of NVIDIA and of MPI that `file` needs, and those that these need of the same makers,
/// from the first of their places (library_places.h) and by absolute paths: the loader then takes them by
/// name when `file` is opened. They stay open until the process ends.
MachineLibraries load_machine_libraries(const std::filesystem::path& file);

}  // namespace gpu_sweep
