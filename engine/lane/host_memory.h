// Memory for the lanes of the CPU.
#pragma once

#include <cstddef>

#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Allocates zero-filled memory, in huge pages where the kernel has them. Filling it here keeps page faults
/// out of the training loop. Throws OutOfMemory.
Buffer allocate_host_buffer(std::size_t bytes);

/// Throws OutOfMemory unless another `bytes` bytes can be mapped. Call it before using a library that crashes
/// when memory is short.
void require_address_space(std::size_t bytes);

/// Returns the bytes of memory that this process can still take within its limits and without swapping.
std::size_t available_host_memory();

}  // namespace gpu_sweep
