// Devices as `gpu_sweep devices` lists them.
#pragma once

#include <string>

#include "engine/lane/device.h"

namespace gpu_sweep {

/// Each device's id, and indented below it what is known of it and, if so, why it cannot be used.
std::string device_text(const Backend& backend);

}  // namespace gpu_sweep
