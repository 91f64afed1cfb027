// The output of `gpu_sweep devices`.
#pragma once

#include <string>

#include "gpu_sweep/device.h"

namespace gpu_sweep {

/// Lists each device's id with its properties indented below and, if it cannot be used, the reason.
std::string device_text(const Backend& backend);

}  // namespace gpu_sweep
