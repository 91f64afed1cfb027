// Memory of the CPU's lanes.
#pragma once

#include <cstddef>

#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Zero-filled and touched, so that no page faults are left for the training loop; in huge pages where the
/// kernel has them. Throws OutOfMemory.
Buffer allocate_host_buffer(std::size_t bytes);

/// Throws OutOfMemory unless so much more can be mapped: for libraries that crash where they get none.
void require_address_space(std::size_t bytes);

/// Memory that can be taken without swapping and by the limits on this process, in bytes.
std::size_t available_host_memory();

}  // namespace gpu_sweep
