// Detects whether mpirun or srun started this process as one of several, and connects it to the others.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/cluster/communicator.h"

namespace gpu_sweep {

struct Launch {
  std::string by;  ///< "mpirun" or "srun"
  int rank = 0;
  int size = 1;
};

/// Reads the environment variables of Open MPI, of PMI and of Slurm's job steps. (A Slurm batch script runs
/// as a single process, so its variables do not count.) Returns nothing for a single process. `get` is
/// getenv, or a replacement for it in tests.
std::optional<Launch> find_launch(const std::function<const char*(const char*)>& get);

/// Opens the MPI library with open_library (engine/lane/open_library.h) and joins the job that `launch`
/// describes. Throws Error(kUsage) if the library is absent, cannot be opened or belongs to another version
/// of this program, if MPI does not allow threads, or if the processes do not see each other. Throws
/// Error(kDevice) if it is unknown which cores this process may use.
Communicator join_cluster(const Launch& launch);

}  // namespace gpu_sweep
