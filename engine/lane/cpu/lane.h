// The lane of the CPU: a worker thread with a queue. Matrix products run in oneDNN.
#pragma once

#include <memory>

#include "engine/lane/lane.h"
#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// Makes a lane that keeps one core busy. Its arithmetic depends neither on the number of such lanes nor on
/// how replicas are grouped: an operation on R replicas loops over the code for a single replica.
std::unique_ptr<Lane> make_cpu_lane(const LaneOptions& options = {});

}  // namespace gpu_sweep
