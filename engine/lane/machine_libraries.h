// Third-party libraries that are not shipped but are found on the machine: NVIDIA's libraries and MPI.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gpu_sweep {

/// The result of loading the machine's libraries.
struct MachineLibraries {
  std::vector<std::string> missing;  ///< names of libraries that could be loaded from none of the places
  std::vector<std::string> report;   ///< lines on files loaded or not used, and on the places searched
  /// False if a library is missing and the system's loader would search the working directory for it.
  bool loader_may_look = true;
};

/// Loads the NVIDIA and MPI libraries that `file` needs and, in turn, the libraries of the same makers that
/// these need. Each is loaded by its absolute path, from the folder of the library that needs it or else from
/// the first place where it can be loaded (library_places.h). When `file` is opened afterwards, the loader
/// finds the libraries by name. They stay open until the process ends.
MachineLibraries load_machine_libraries(const std::filesystem::path& file);

/// Returns the names of the libraries that the loader searches for when it opens `file`. They are the
/// DT_NEEDED entries of a 64-bit little-endian ELF file, in order. Returns nothing if `file` is not such a
/// file or cannot be read, because opening it will then report the reason.
std::vector<std::string> needed_libraries(const std::filesystem::path& file);

}  // namespace gpu_sweep
