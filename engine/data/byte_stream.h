// The bytes of a file or of an archive's entry, read from front to back.
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

  /// Returns the total number of bytes, which is known before any are read.
  virtual std::uint64_t size() const = 0;

  /// Reads up to to.size() bytes into `to` and returns how many bytes were read, which is 0 at the end.
  /// Throws Error(kData) if bytes cannot be read or are damaged. Some damage is noticed only at the end.
  virtual std::size_t read(std::span<std::uint8_t> to) = 0;
};

/// Opens a regular file. Throws Error(kData) if there is none or if it cannot be opened.
std::unique_ptr<ByteStream> open_file(const std::filesystem::path& file);

}  // namespace gpu_sweep
