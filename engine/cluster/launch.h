// Detects whether mpirun or srun started this process as one of several, and joins it to the others.
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

/// Reads the environment variables of Open MPI, PMI and Slurm's job steps (not of batch scripts, which run as
/// one process). Returns nothing for a single process. `get` is getenv, or a replacement in tests.
std::optional<Launch> find_launch(const std::function<const char*(const char*)>& get);

/// Opens the MPI library (lane/open_library.h) and joins the job that `launch` describes. Throws
/// Error(kUsage) if the library is absent, cannot be opened, belongs to another version or does not allow
/// threads, or if the processes do not see each other; Error(kDevice) if this process's cores are unknown.
Communicator join_cluster(const Launch& launch);

}  // namespace gpu_sweep
