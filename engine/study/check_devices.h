// Checks the arithmetic of GPUs before a training that may take hours.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/study/setup.h"
#include "gpu_sweep/group_spec.h"

namespace gpu_sweep {

/// Runs check_device on all devices in parallel. Each device is checked once per distinct combination of
/// shape, shuffle and number of replicas among `groups`. A group is halved until it fits in memory, as it
/// will be for training. Throws Error(kDevice), with the model and the numbers, for the first device that
/// fails. If `stop` is requested, returns before the next shape. Does nothing on the CPU.
void check_devices(const Setup& setup, const std::vector<GroupSpec>& groups, const std::stop_token& stop);

}  // namespace gpu_sweep
