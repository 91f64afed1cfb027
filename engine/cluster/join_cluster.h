// Becoming one of the processes of a job.
#pragma once

#include "engine/cluster/communicator.h"
#include "engine/cluster/launch.h"

namespace gpu_sweep {

/// Opens the MPI library beside the executable and joins the job that `launch` tells of. Throws Error(kUsage)
/// where this build has no MPI and where the processes do not know each other.
Communicator join_cluster(const Launch& launch);

}  // namespace gpu_sweep
