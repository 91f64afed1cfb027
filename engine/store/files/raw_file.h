// Files read with system calls, so that a failed read is never mistaken for wrong bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace gpu_sweep {

/// A file open for reading. Members throw Error(kOutput) with the system's reason if the disk fails.
class RawFile {
 public:
  /// Returns nothing if there is no such file, or if its path leads through a file instead of a folder.
  /// Throws Error(kOutput) if the file cannot be opened or is not a regular one.
  static std::optional<RawFile> open(const std::filesystem::path& file);

  RawFile(RawFile&& other) noexcept;
  RawFile& operator=(RawFile&&) = delete;
  ~RawFile();

  std::uint64_t size() const;

  /// Fills `bytes` with the file's contents from `offset` on. Returns how many bytes were read: fewer only if
  /// the file ends earlier.
  std::size_t read(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  RawFile(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  int descriptor_;
  std::string name_;
};

/// What is expected of a file that is read whole.
struct ReadWhole {
  std::uint64_t most_bytes = ~std::uint64_t{0};
  bool may_shrink = false;  ///< another process may truncate the file while it is read
};

/// Returns all bytes of a file, or nothing if there is no such file. Throws Error(kOutput) if it cannot be
/// read, is not a regular file or is not as expected; its contents may then be intact.
std::optional<std::string> read_if_there(const std::filesystem::path& file, const ReadWhole& expected = {});

}  // namespace gpu_sweep
