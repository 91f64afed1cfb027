// The lane of the CPU: a worker thread with a queue. oneDNN computes the matrix products, except for
// those that FusedUpdate computes.
#pragma once

#include <memory>

#include "engine/lane/lane.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// Creates a lane that uses one core. Its results depend neither on the number of such lanes nor on how
/// replicas are grouped, because an operation on R replicas is a loop over the code for a single replica.
std::unique_ptr<Lane> make_cpu_lane(const LaneOptions& options = {});

}  // namespace gpu_sweep
