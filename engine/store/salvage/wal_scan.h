// What stands in the write-ahead log of an SQLite database, beyond what SQLite itself says of it: it drops
// everything behind the first bad frame without a word (https://www.sqlite.org/fileformat2.html#walformat).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gpu_sweep {

inline constexpr std::size_t kStorePage = 32768;  ///< bytes of a page of every run store

struct WalFrame {
  std::uint32_t page = 0;  ///< whose contents it holds
  std::size_t offset = 0;  ///< of these contents in the log
  bool commits = false;    ///< the last frame of a transaction
  bool current = false;    ///< not left over from before the log began anew
  bool intact = false;     ///< matches its checksum, which goes on from the frame before
};

struct WalScan {
  std::vector<WalFrame> frames;  ///< every whole frame, in the order of the file
  /// What is wrong and keeps transactions from being read that were durable, for a sentence about the log.
  /// Nothing for what a kill or a power cut leaves: a last transaction that is not whole, and old frames.
  std::optional<std::string> damage;
};

/// `log` is the whole file NAME-wal of a store; may be empty.
WalScan scan_wal(std::span<const std::byte> log);

}  // namespace gpu_sweep
