// Bytes of a file or of an archive's entry, read from front to back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace gpu_sweep {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Returns the number of bytes from front to end, which is known before any is read.
  virtual std::uint64_t size() const = 0;

  /// Fills `to` as far as the bytes last and returns how many were read. Throws Error(kData) if they cannot
  /// be read or, at their end, if they are damaged.
  virtual std::size_t read(std::span<std::uint8_t> to) = 0;
};

/// Opens a regular file. Throws Error(kData) if there is none or if it cannot be read.
std::unique_ptr<ByteStream> open_file(const std::filesystem::path& file);

}  // namespace gpu_sweep
