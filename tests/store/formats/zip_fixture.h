// Zip archives built by hand, so that tests can falsify their headers.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace gpu_sweep::test {

struct ZipEntry {
  std::string name;
  std::vector<std::uint8_t> packed;  ///< as in the archive
  std::uint32_t size = 0;            ///< unpacked, as stated in both headers
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  ///< 0 stored, 8 deflated
  std::uint16_t flags = 0;   ///< 1 encrypted
};

inline ZipEntry stored(const std::string& name, const std::vector<std::uint8_t>& bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  return {.name = name,
          .packed = bytes,
          .size = size,
          .crc = static_cast<std::uint32_t>(crc32(0, bytes.data(), size)),
          .method = 0,
          .flags = 0};
}

inline void append(std::vector<std::uint8_t>& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) to.push_back(static_cast<std::uint8_t>(value));
}

/// Appends the fields that the local header and the central directory share.
inline void append_fields(std::vector<std::uint8_t>& to, const ZipEntry& entry) {
  append(to, 20, 2);  // version needed
  append(to, entry.flags, 2);
  append(to, entry.method, 2);
  append(to, 0x00210000, 4);  // 1980-01-01
  append(to, entry.crc, 4);
  append(to, entry.packed.size(), 4);
  append(to, entry.size, 4);
  append(to, entry.name.size(), 2);
  append(to, 0, 2);  // length of the extra field
}

inline std::vector<std::uint8_t> zip_bytes(const std::vector<ZipEntry>& entries) {
  std::vector<std::uint8_t> archive, directory;
  for (const ZipEntry& entry : entries) {
    append(directory, 0x02014b50, 4);
    append(directory, 20, 2);  // version made by
    append_fields(directory, entry);
    append(directory, 0, 10);  // length of the comment, disk, two sets of attributes (2 + 2 + 2 + 4 bytes)
    append(directory, archive.size(), 4);
    directory.insert(directory.end(), entry.name.begin(), entry.name.end());
    append(archive, 0x04034b50, 4);
    append_fields(archive, entry);
    archive.insert(archive.end(), entry.name.begin(), entry.name.end());
    archive.insert(archive.end(), entry.packed.begin(), entry.packed.end());
  }
  const std::uint64_t start = archive.size();
  archive.insert(archive.end(), directory.begin(), directory.end());
  append(archive, 0x06054b50, 4);
  append(archive, 0, 4);  // numbers of disks
  append(archive, entries.size(), 2);
  append(archive, entries.size(), 2);
  append(archive, directory.size(), 4);
  append(archive, start, 4);
  append(archive, 0, 2);  // length of the comment
  return archive;
}

}  // namespace gpu_sweep::test
