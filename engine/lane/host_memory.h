// Host memory for the lanes of the CPU.
#pragma once

#include <cstddef>

#include "engine/lane/lane.h"

namespace gpu_sweep {

/// Allocates memory filled with zeros. Uses huge pages if `bytes` is at least the size of one (2 MiB) and the
/// operating system provides them. Because the memory is filled here, the training loop causes no page faults
/// in it. Throws OutOfMemory.
Buffer allocate_host_buffer(std::size_t bytes);

/// Throws OutOfMemory unless another `bytes` bytes can be mapped. Call it before using a library that crashes
/// when memory runs short.
void require_address_space(std::size_t bytes);

/// Returns how many bytes of memory this process can still use within its limits and without swapping.
std::size_t available_host_memory();

}  // namespace gpu_sweep
