// The CPU's lane: a worker thread with a queue, and products by oneDNN.
#pragma once

#include <memory>

#include "engine/lane/device.h"
#include "engine/lane/lane.h"

namespace gpu_sweep {

/// A lane that keeps one core busy. Its arithmetic does not depend on how many such lanes there are, nor on
/// how replicas are grouped: an operation on R replicas loops the code of one.
std::unique_ptr<Lane> make_cpu_lane(const LaneOptions& options = {});

}  // namespace gpu_sweep
