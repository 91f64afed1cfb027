#include "engine/lane/host_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "engine/lane/host_limits.h"
#include "engine/lane/out_of_memory.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

std::size_t available_host_memory() { return host_memory_room().bytes; }

void require_address_space(std::size_t bytes) {
  void* probe =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) {
    const MemoryRoom room = host_memory_room();
    throw OutOfMemory("cpu", bytes, room.bytes, room.limit);
  }
  munmap(probe, bytes);
}

Buffer allocate_host_buffer(std::size_t bytes) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : 256;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  // Linux overcommits memory, and kills a process that touches more of it than there is. So check first how
  // much there is.
  const MemoryRoom room = host_memory_room();
  void* memory =
      rounded <= room.bytes ? std::aligned_alloc(alignment, rounded ? rounded : alignment) : nullptr;
  if (!memory) {
    throw OutOfMemory("cpu", bytes, room.bytes, room.limit);
  }
  if (alignment == kHugePage) madvise(memory, rounded, MADV_HUGEPAGE);
  std::memset(memory, 0, rounded);
  return Buffer(
      std::shared_ptr<std::byte>(static_cast<std::byte*>(memory), [](std::byte* p) { std::free(p); }), bytes);
}

}  // namespace gpu_sweep
