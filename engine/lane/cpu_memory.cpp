#include "engine/lane/cpu_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "engine/lane/out_of_memory.h"

namespace gpu_sweep {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

std::size_t available_host_memory() {
  std::ifstream meminfo("/proc/meminfo");
  std::string key, unit;
  std::size_t kibibytes = 0;
  while (meminfo >> key >> kibibytes) {
    std::getline(meminfo, unit);
    if (key == "MemAvailable:") return kibibytes * 1024;
  }
  return static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Buffer allocate_host_buffer(std::size_t bytes) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : 256;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  // Linux promises memory that it does not have and kills whoever touches it: ask before touching.
  const std::size_t available = available_host_memory();
  void* memory =
      rounded <= available ? std::aligned_alloc(alignment, rounded ? rounded : alignment) : nullptr;
  if (!memory) {
    throw OutOfMemory("cpu", bytes, available);
  }
  if (alignment == kHugePage) madvise(memory, rounded, MADV_HUGEPAGE);
  std::memset(memory, 0, rounded);
  return Buffer(
      std::shared_ptr<std::byte>(static_cast<std::byte*>(memory), [](std::byte* p) { std::free(p); }), bytes);
}

}  // namespace gpu_sweep
