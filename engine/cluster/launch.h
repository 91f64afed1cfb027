// Whether this process is one of several that mpirun or srun started together.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace gpu_sweep {

struct Launch {
  std::string by;  ///< "mpirun" or "srun"
  int rank = 0;
  int size = 1;
};

/// By the variables of Open MPI, of PMI and of Slurm's steps (not of its batch scripts, which are alone).
/// Nothing for a process that is alone. `get` is getenv.
std::optional<Launch> find_launch(const std::function<const char*(const char*)>& get);

}  // namespace gpu_sweep
