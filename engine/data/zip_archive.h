// Reads zip archives of arrays, which is what .npz files are.
#pragma once

#include <zip.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/byte_stream.h"

namespace gpu_sweep {

/// Returns whether a name can be shown in messages and used as a path below a folder: it has at most 1000
/// printable ASCII characters, no backslash, and no empty part, "." or ".." between its slashes.
bool is_plain_name(std::string_view name);

/// An archive opened for reading. Its entries are stored or deflated, and their names end in ".npy".
class ZipArchive {
 public:
  struct Entry {
    std::string array;        ///< name without ".npy"
    std::uint64_t index = 0;  ///< position in the archive's directory
    std::uint64_t size = 0;   ///< unpacked size as stated: possible for packed_size, but not verified
    std::uint64_t packed_size = 0;
  };

  /// Opens an archive in memory, which must outlive this object, or an archive in a file. Messages call the
  /// archive `name`. Throws Error(kData) if it is damaged or not a zip archive, if it has more than 65,536
  /// entries, if an entry is encrypted, is packed by another method or is not an array, if a name is not
  /// plain or occurs twice, if a stated size is impossible, or if entries overlap.
  ZipArchive(std::span<const std::uint8_t> bytes, std::string name);
  explicit ZipArchive(const std::filesystem::path& file);

  const std::string& name() const { return name_; }
  const std::vector<Entry>& entries() const { return entries_; }

  /// Opens an entry. Its stream throws Error(kData) unless the entry unpacks to entry.size bytes with the
  /// right checksum. The checksum is verified only by a read beyond the last byte. The archive and `entry`
  /// must outlive the stream.
  std::unique_ptr<ByteStream> open(const Entry& entry) const;

 private:
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };

  void adopt(zip_source_t* source, std::uint64_t bytes);

  std::string name_;
  std::unique_ptr<zip_t, Discard> archive_;
  std::vector<Entry> entries_;
};

}  // namespace gpu_sweep
