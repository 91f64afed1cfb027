// What a GPU must show before it may train for hours.
#pragma once

#include <stop_token>
#include <vector>

#include "apps/gpu_sweep/setup.h"
#include "engine/train/group_spec.h"

namespace gpu_sweep {

/// Checks every distinct shape and number of replicas among `groups` once on each device (check_device),
/// devices side by side. A group that finds no memory is checked with half its replicas, as it will be
/// trained. Throws Error(kDevice) with model and figures for the first device that fails. Returns before the
/// next shape where `stop` is requested. Does nothing where the device is the CPU.
void check_devices(const Setup& setup, const std::vector<GroupSpec>& groups, const std::stop_token& stop);

}  // namespace gpu_sweep
