// How many transactions a SQLite database has taken since its side file was last begun anew.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/support/files.h"

namespace gpu_sweep::test {

/// Commit frames in the write-ahead log of `database`, by SQLite's file format: a header of 32 bytes, then
/// frames of a header of 24 bytes and a page. The frame that ends a transaction holds the size of the
/// database, others hold 0; frames of an older log have another salt.
inline int wal_commits(const std::filesystem::path& database) {
  const std::string log = read_file(std::filesystem::path(database) += "-wal");
  const auto number = [&](std::size_t at) {  // big-endian
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(log[at + i]);
    return value;
  };
  constexpr std::size_t kHeader = 32, kFrameHeader = 24, kSalt = 8;
  if (log.size() < kHeader) return 0;
  const std::size_t frame_bytes = kFrameHeader + number(8);
  int commits = 0;
  for (std::size_t frame = kHeader; frame + frame_bytes <= log.size(); frame += frame_bytes) {
    if (log.compare(frame + 8, kSalt, log, 16, kSalt) != 0) break;
    if (number(frame + 4) != 0) ++commits;
  }
  return commits;
}

}  // namespace gpu_sweep::test
