// Third-party libraries that are not shipped but found on the machine: NVIDIA's, and MPI.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The result of loading the machine's libraries.
struct MachineLibraries {
  std::vector<std::string> missing;  ///< names of libraries found in none of the places
  std::vector<std::string> report;   ///< one line per library loaded or not opened, and the places searched
  bool loader_may_look = true;       ///< false if the system's loader would search the working directory
};

/// Loads the NVIDIA and MPI libraries that `file` needs and, in turn, those that they need from the same
/// makers, by absolute path from the first place that has them (library_places.h). The loader then finds them
/// by name when `file` is opened. They stay open until the process ends.
MachineLibraries load_machine_libraries(const std::filesystem::path& file);

/// Returns the names of the libraries that the loader looks for when it opens `file`: the DT_NEEDED entries
/// of a 64-bit little-endian ELF file, in order. Returns nothing if `file` is not such a file or cannot be
/// read; opening it will then report the reason.
std::vector<std::string> needed_libraries(const std::filesystem::path& file);

}  // namespace gpu_sweep
