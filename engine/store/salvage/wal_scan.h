// Scans the write-ahead log of an SQLite database for damage. SQLite does not report damage there: it
// silently drops the first bad frame's transaction and everything after it
// (https://www.sqlite.org/fileformat2.html#walformat).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

inline constexpr std::size_t kStorePage = 32768;  ///< page size of every run store, in bytes

struct WalFrame {
  std::uint32_t page = 0;  ///< number of the page that the frame holds
  std::size_t offset = 0;  ///< of the page's contents in the log
  bool commits = false;    ///< the last frame of a transaction
  bool current = false;    ///< written after the last restart of the log
  bool intact = false;     ///< matches its checksum, which continues the previous frame's
};

struct WalScan {
  std::vector<WalFrame> frames;  ///< every whole frame, in the order of the file
  /// Describes damage that keeps durable transactions from being read, as a clause about the log. Not set for
  /// an incomplete last transaction, which a kill or a power cut leaves, and for frames from before the last
  /// restart of the log.
  std::optional<std::string> damage;
};

/// Scans `log`, the contents of the whole file NAME-wal of a store, which may be empty.
WalScan scan_wal(std::span<const std::byte> log);

}  // namespace gpu_sweep
