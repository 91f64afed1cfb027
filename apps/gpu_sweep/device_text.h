// The output of `gpu_sweep devices`.
#pragma once

#include <string>

#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// Lists the id of each device, with the device's properties indented below it. A device that cannot be used
/// has the reason there.
std::string device_text(const Backend& backend);

}  // namespace gpu_sweep
