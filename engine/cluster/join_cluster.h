// Joins this process to its job.
#pragma once

#include "engine/cluster/communicator.h"
#include "engine/cluster/launch.h"

namespace gpu_sweep {

/// Opens the MPI library (lane/open_library.h) and joins the job that `launch` describes. Throws
/// Error(kUsage) if this build has no MPI or if the processes do not see each other.
Communicator join_cluster(const Launch& launch);

}  // namespace gpu_sweep
