// Device memory. Allocations start as NaN, lie between guard zones, and are inaccessible to the host.
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
  /// The number of bytes in each guard zone. It is no multiple of 512, so that data is aligned to exactly 256
  /// bytes.
  static constexpr std::size_t kGuard = 4096 + 256;

  /// Returns memory that is aligned to exactly 256 bytes, or null if there is not enough.
  void* allocate(std::size_t bytes, int device);

  /// Releases an allocation. Returns false if `pointer` is not the start of one. Released addresses stay
  /// inaccessible forever.
  bool release(void* pointer);

  /// Returns whether the whole range lies within one allocation that has not been released.
  bool contains(const void* pointer, std::size_t bytes) const;

  /// Returns whether any byte of the range lies in device memory or in its guard zones, released or not.
  bool overlaps(const void* pointer, std::size_t bytes) const;

  /// Returns text such as "12 bytes past the end of a device allocation of 400 bytes".
  std::string describe(const void* pointer) const;

  /// Returns the device to which this memory belongs, or 0 if it is not device memory.
  int device_of(const void* pointer) const;

  /// `open` makes the memory of `device`, and of no other device, accessible to this process. `close` makes
  /// it inaccessible again.
  void open(int device);
  void close();

  /// Reports each allocation whose guard zones were overwritten, and restores the zones. Must be called while
  /// the memory is open.
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
  std::optional<int> open_;  // the device whose memory is accessible
};

}  // namespace simt
