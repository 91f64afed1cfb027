// Writes plain values as consecutive bytes, little-endian, and reads them back.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace gpu_sweep {

static_assert(std::endian::native == std::endian::little, "values are copied as they stand in memory");

class WireWriter {
 public:
  template <class T>
  void value(T number) {
    static_assert(std::is_integral_v<T>);
    raw(&number, sizeof number);
  }
  /// Writes the number of bytes, then the bytes.
  void bytes(std::span<const std::byte> data) {
    value<std::uint64_t>(data.size());
    raw(data.data(), data.size());
  }
  void text(const std::string& text) { bytes(std::as_bytes(std::span(text))); }
  void raw(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    out_.insert(out_.end(), first, first + size);
  }

  std::vector<std::byte> take() { return std::move(out_); }

 private:
  std::vector<std::byte> out_;
};

/// Reads what a WireWriter wrote. Throws std::invalid_argument instead of reading beyond the end. Memory is
/// allocated only after a check that the bytes to be read exist.
class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  T value() {
    static_assert(std::is_integral_v<T>);
    T number{};
    std::memcpy(&number, next(sizeof number).data(), sizeof number);
    return number;
  }
  std::span<const std::byte> bytes() { return next(value<std::uint64_t>()); }
  std::vector<std::byte> copy() {
    const auto data = bytes();
    return {data.begin(), data.end()};
  }
  std::string text() {
    const auto data = bytes();
    return {reinterpret_cast<const char*>(data.data()), data.size()};
  }
  std::span<const std::byte> next(std::uint64_t size) {
    if (size > bytes_.size()) throw std::invalid_argument("a message is too short");
    const auto data = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return data;
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace gpu_sweep
