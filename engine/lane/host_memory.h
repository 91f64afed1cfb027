// Memory for the lanes of the CPU.
#pragma once

#include <cstddef>

#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Allocates memory, zero-filled so that the training loop meets no page faults, and in huge pages where the
/// kernel has them. Throws OutOfMemory.
Buffer allocate_host_buffer(std::size_t bytes);

/// Throws OutOfMemory unless another `bytes` can be mapped. For libraries that crash when they get no memory.
void require_address_space(std::size_t bytes);

/// Returns the memory that this process can take without swapping and within its limits, in bytes.
std::size_t available_host_memory();

}  // namespace gpu_sweep
