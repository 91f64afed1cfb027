// The shared memory of the running block.
#pragma once

#include <cstddef>
#include <string>

namespace simt {

struct SharedMemory {
  std::byte* begin = nullptr;
  std::size_t bytes = 0;
};

/// Returns the thread-local storage of the shared library that contains `function`. It holds all __shared__
/// variables of the library. If the library has only device code, it holds nothing else. If the main program
/// contains the function, sets `in_program` and returns nothing, because the program has other thread-local
/// variables, too.
SharedMemory static_shared_memory(const void* function, bool* in_program);

/// Fills the shared memory of a block with poison before it starts.
void poison_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes);

/// Returns an empty string, or a message if the block that has just ended exceeded a limit.
std::string check_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes);

}  // namespace simt
