// Zip archives of arrays: what .npz files are.
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

/// Returns whether a name is safe in messages and does not lead out of the folder that it is unpacked to.
bool is_plain_name(std::string_view name);

/// An archive that is read. Its entries are stored or deflated, and their names end in ".npy".
class ZipArchive {
 public:
  struct Entry {
    std::string array;        ///< name without ".npy"
    std::uint64_t index = 0;  ///< in the archive's directory
    std::uint64_t size = 0;   ///< unpacked, as stated: possible for packed_size bytes, but maybe false
    std::uint64_t packed_size = 0;
  };

  /// Opens an archive in memory, which must outlive it, or a file. Throws Error(kData) if it is damaged or
  /// none, if an entry is encrypted, packed by another method or no array, if a name is not plain or occurs
  /// twice, if a stated size is impossible, or if entries overlap. `name` is used in messages.
  ZipArchive(std::span<const std::uint8_t> bytes, std::string name);
  explicit ZipArchive(const std::filesystem::path& file);

  const std::string& name() const { return name_; }
  const std::vector<Entry>& entries() const { return entries_; }

  /// Opens an entry. Its stream throws Error(kData) unless it unpacks to entry.size bytes with the right
  /// checksum, which is known after one byte more was asked for. The archive must outlive it.
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
