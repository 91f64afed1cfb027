// Device memory: allocations that start as NaN, lie between guard zones, and are closed to the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simt/runtime/violations.h"

namespace simt {

constexpr unsigned char kPoison = 0xff;  ///< a NaN in float, double and bf16

class DeviceMemory {
 public:
  /// Bytes of each guard zone. Not a multiple of 512: data starts at a multiple of 256 and no more.
  static constexpr std::size_t kGuard = 4096 + 256;

  /// Null where it does not fit. Aligned to 256 bytes and no more.
  void* allocate(std::size_t bytes, int device);

  /// False if `pointer` is not the start of an allocation. The addresses stay closed for ever.
  bool release(void* pointer);

  /// Whether all of the range lies within one allocation.
  bool contains(const void* pointer, std::size_t bytes) const;

  /// Whether any byte of the range could be device memory, freed or not.
  bool overlaps(const void* pointer, std::size_t bytes) const;

  /// "byte 12 past the end of a device allocation of 400 bytes".
  std::string describe(const void* pointer) const;

  /// The device whose memory this is, or 0.
  int device_of(const void* pointer) const;

  /// Makes the memory of one device accessible to this process, in place of another's; closes it again.
  void open(int device);
  void close();

  /// Reports a write into a guard zone, once. Call while it is open.
  void check_guards(const std::string& culprit, Violations& violations);

  std::size_t used_bytes(int device) const;
  std::size_t total_bytes() const { return total_; }
  void set_total_bytes(std::size_t bytes) { total_ = bytes; }

 private:
  struct Allocation {
    std::byte* pages = nullptr;
    std::size_t page_bytes = 0;
    std::size_t bytes = 0;
    int device = 0;
    bool live = true;

    std::byte* data() const { return pages + kGuard; }
  };
  const Allocation* find(const void* pointer) const;
  void protect(int protection);

  std::map<std::uintptr_t, Allocation> allocations_;  // by first page
  std::size_t total_ = std::size_t{4} << 30;
  std::optional<int> open_;  // the device
};

}  // namespace simt
