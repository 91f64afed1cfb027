// The shared memory of the block that runs now.
#pragma once

#include <cstddef>
#include <string>

namespace simt {

struct SharedMemory {
  std::byte* begin = nullptr;
  std::size_t bytes = 0;
};

/// The thread-local storage of the shared library that holds `function`: all its __shared__ variables, and
/// nothing else if the library holds device code alone. `in_program` says that it is the main program
/// instead, where other things are thread-local too.
SharedMemory static_shared_memory(const void* function, bool* in_program);

/// Fills the shared memory of a block with poison before it starts.
void poison_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes);

/// Empty, or which limit the block that has just ended broke.
std::string check_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes);

}  // namespace simt
