#include "tests/simt/runtime/device_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace simt {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint16_t kGuardWord = 0xfff5;  // a NaN, too, but different from the poison

std::uintptr_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

/// Returns the bytes that a guard zone must have from `begin` on. The words of the pattern start at even
/// addresses.
const std::byte* guard_pattern(const std::byte* begin) {
  static const auto pattern = [] {
    std::array<std::uint16_t, (DeviceMemory::kGuard + kPage) / 2 + 1> words{};
    words.fill(kGuardWord);
    return words;
  }();
  return reinterpret_cast<const std::byte*>(pattern.data()) + address_of(begin) % 2;
}

void fill_guard(std::byte* begin, const std::byte* end) {
  std::memcpy(begin, guard_pattern(begin), static_cast<std::size_t>(end - begin));
}

/// Returns the first byte that differs from the pattern, or null.
const std::byte* find_write(const std::byte* begin, const std::byte* end) {
  const std::byte* expected = guard_pattern(begin);
  if (std::memcmp(begin, expected, static_cast<std::size_t>(end - begin)) == 0) return nullptr;
  return std::mismatch(begin, end, expected).first;
}

}  // namespace

void* DeviceMemory::allocate(std::size_t bytes, int device) {
  if (bytes > total_ - std::min(used_bytes(device), total_)) return nullptr;
  Allocation made;
  made.device = device;
  made.bytes = bytes;
  made.page_bytes = (kGuard + bytes + kGuard + kPage - 1) / kPage * kPage;
  // Adds a page that is never made accessible, so that accesses beyond the guard zone cause a fault.
  void* pages =
      mmap(nullptr, made.page_bytes + kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  made.pages = static_cast<std::byte*>(pages);
  mprotect(made.pages, made.page_bytes, PROT_READ | PROT_WRITE);
  fill_guard(made.pages, made.data());
  std::memset(made.data(), kPoison, bytes);
  fill_guard(made.data() + bytes, made.pages + made.page_bytes);
  if (open_ != device) mprotect(made.pages, made.page_bytes, PROT_NONE);
  allocations_[address_of(made.pages)] = made;
  return made.data();
}

bool DeviceMemory::release(void* pointer) {
  const Allocation* found = find(pointer);
  if (found == nullptr || !found->live || found->data() != pointer) return false;
  Allocation& allocation = allocations_[address_of(found->pages)];
  allocation.live = false;
  mprotect(allocation.pages, allocation.page_bytes, PROT_NONE);
  madvise(allocation.pages, allocation.page_bytes, MADV_DONTNEED);
  return true;
}

const DeviceMemory::Allocation* DeviceMemory::find(const void* pointer) const {
  auto next = allocations_.upper_bound(address_of(pointer));
  if (next == allocations_.begin()) return nullptr;
  const Allocation& allocation = std::prev(next)->second;
  const bool inside = address_of(pointer) < address_of(allocation.pages) + allocation.page_bytes + kPage;
  return inside ? &allocation : nullptr;
}

bool DeviceMemory::contains(const void* pointer, std::size_t bytes) const {
  const Allocation* allocation = find(pointer);
  if (allocation == nullptr || !allocation->live || pointer < allocation->data()) return false;
  const std::size_t offset = address_of(pointer) - address_of(allocation->data());
  return offset <= allocation->bytes && bytes <= allocation->bytes - offset;
}

bool DeviceMemory::overlaps(const void* pointer, std::size_t bytes) const {
  if (find(pointer) != nullptr) return true;
  const auto next = allocations_.upper_bound(address_of(pointer));
  return next != allocations_.end() && next->first < address_of(pointer) + bytes;
}

std::string DeviceMemory::describe(const void* pointer) const {
  const Allocation* allocation = find(pointer);
  if (allocation == nullptr) return "an address outside device memory";
  const std::string kind = (allocation->live ? "a device allocation of " : "a freed device allocation of ") +
                           std::to_string(allocation->bytes) + " bytes";
  const std::uintptr_t data = address_of(allocation->data());
  const std::uintptr_t address = address_of(pointer);
  if (address < data) return std::to_string(data - address) + " bytes before " + kind;
  if (address - data < allocation->bytes) return "byte " + std::to_string(address - data) + " of " + kind;
  return std::to_string(address - data - allocation->bytes) + " bytes past the end of " + kind;
}

int DeviceMemory::device_of(const void* pointer) const {
  const Allocation* allocation = find(pointer);
  return allocation == nullptr ? 0 : allocation->device;
}

std::size_t DeviceMemory::used_bytes(int device) const {
  std::size_t bytes = 0;
  for (const auto& [address, allocation] : allocations_) {
    if (allocation.live && allocation.device == device) bytes += allocation.bytes;
  }
  return bytes;
}

void DeviceMemory::open(int device) {
  if (open_ == device) return;
  close();
  open_ = device;
  protect(PROT_READ | PROT_WRITE);
}

void DeviceMemory::close() {
  if (open_) protect(PROT_NONE);
  open_.reset();
}

void DeviceMemory::protect(int protection) {
  for (const auto& [address, allocation] : allocations_) {
    if (allocation.live && allocation.device == open_)
      mprotect(allocation.pages, allocation.page_bytes, protection);
  }
}

void DeviceMemory::check_guards(const std::string& culprit, Violations& violations) {
  for (const auto& [address, allocation] : allocations_) {
    if (!allocation.live || allocation.device != open_) continue;
    std::byte* end = allocation.data() + allocation.bytes;
    const std::byte* hit = find_write(allocation.pages, allocation.data());
    if (hit == nullptr) hit = find_write(end, allocation.pages + allocation.page_bytes);
    if (hit == nullptr) continue;
    violations.fail(cudaErrorIllegalAddress, culprit + " wrote " + describe(hit));
    fill_guard(allocation.pages, allocation.data());
    fill_guard(end, allocation.pages + allocation.page_bytes);
  }
}

}  // namespace simt
