#include "tests/simt/runtime/shared_memory.h"

#include <link.h>
#include <vector_types.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tests/simt/runtime/device_memory.h"
#include "tests/simt/runtime/limits.h"
#include "tests/simt/runtime/sanitizer.h"

namespace {

constexpr std::size_t kBeyond = 4096;  // bytes of poison after a launch's dynamic shared memory

}  // namespace

// The only name by which device code may declare its dynamic shared memory:
//   namespace gpu_sweep::cuda { extern __shared__ float4 dynamic_shared[]; }
namespace gpu_sweep::cuda {
thread_local float4 dynamic_shared[(simt::kDynamicSharedLimit + kBeyond) / sizeof(float4)];
}

// The C library's function that returns the address of a thread-local variable, and its argument. No header
// declares them.
struct TlsIndex {
  unsigned long module;
  unsigned long offset;
};
extern "C" void* __tls_get_addr(TlsIndex* index);

namespace simt {

namespace {

struct Search {
  std::uintptr_t function;
  TlsIndex index{};
  std::size_t bytes = 0;
  bool in_program = false;
};

int look_at_module(dl_phdr_info* info, std::size_t, void* search_pointer) {
  auto& search = *static_cast<Search*>(search_pointer);
  bool holds_function = false;
  std::size_t bytes = 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && search.function >= begin && search.function < begin + header.p_memsz) {
      holds_function = true;
    }
    if (header.p_type == PT_TLS) bytes = header.p_memsz;
  }
  if (!holds_function) return 0;
  search.index = {info->dlpi_tls_modid, 0};
  search.bytes = bytes;
  search.in_program = info->dlpi_name[0] == '\0';
  return 1;
}

std::byte* dynamic_bytes_begin() { return reinterpret_cast<std::byte*>(gpu_sweep::cuda::dynamic_shared); }

void poison(std::byte* begin, std::size_t bytes) {
  if (bytes == 0) return;  // then `begin` is null, because the kernels use no shared memory
  sanitizer::forget(begin, bytes);
  std::memset(begin, kPoison, bytes);
  sanitizer::forget(begin, bytes);
}

/// Returns how many of the bytes no longer hold the poison. Nearly all of them do, after every block of every
/// kernel, so they are first compared eight at a time. ThreadSanitizer would take memcmp on longer ranges for
/// an access that races with the kernel's own.
std::size_t count_written(const std::byte* begin, std::size_t bytes) {
  std::uint64_t expected = 0;
  std::memset(&expected, kPoison, sizeof(expected));
  std::size_t written = 0;
  for (std::size_t at = 0; at < bytes; at += sizeof(expected)) {
    const std::size_t count = std::min(sizeof(expected), bytes - at);
    if (count == sizeof(expected)) {
      std::uint64_t word = 0;
      std::memcpy(&word, begin + at, sizeof(word));
      if (word == expected) continue;
    }
    written +=
        count - static_cast<std::size_t>(std::count(begin + at, begin + at + count, std::byte{kPoison}));
  }
  return written;
}

}  // namespace

SharedMemory static_shared_memory(const void* function, bool* in_program) {
  Search search{reinterpret_cast<std::uintptr_t>(function)};
  dl_iterate_phdr(look_at_module, &search);
  *in_program = search.in_program;
  if (search.bytes == 0 || search.in_program) return {};
  return {static_cast<std::byte*>(__tls_get_addr(&search.index)), search.bytes};
}

void poison_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes) {
  poison(static_memory.begin, static_memory.bytes);
  poison(dynamic_bytes_begin(), dynamic_bytes + kBeyond);
}

std::string check_shared_memory(const SharedMemory& static_memory, std::size_t dynamic_bytes) {
  if (count_written(dynamic_bytes_begin() + dynamic_bytes, kBeyond) != 0) {
    return "wrote past the " + std::to_string(dynamic_bytes) +
           " bytes of dynamic shared memory of its launch";
  }
  if (static_memory.bytes > kStaticSharedLimit &&
      count_written(static_memory.begin, static_memory.bytes) > kStaticSharedLimit) {
    return "uses more than 48 KB of static shared memory";
  }
  return {};
}

}  // namespace simt
