// Checks a GPU's arithmetic before hours of training.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/study/setup.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Runs check_device on all devices in parallel, once for each distinct shape and number of replicas among
/// `groups`. A group that does not fit in memory is halved first, as it will be for training. Throws
/// Error(kDevice) with the model and the numbers for the first device that fails. After a request on `stop`,
/// returns before the next shape. Does nothing on the CPU.
void check_devices(const Setup& setup, const std::vector<GroupSpec>& groups, const std::stop_token& stop);

}  // namespace gpu_sweep
