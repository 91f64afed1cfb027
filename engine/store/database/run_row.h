// One run as a row of the store, with a checksum over its other fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gpu_sweep/run_record.h"

namespace gpu_sweep {

/// Floating-point numbers and arrays are kept as little-endian bytes, which, unlike SQLite's own numbers,
/// preserve the bits of NaN and of signed zeros.
struct RunRow {
  std::string key;
  std::string model;
  std::int64_t seed = 0;  ///< the seed's bits: SQLite has no unsigned integers
  std::optional<std::int64_t> diverged_epoch;
  std::vector<std::byte> final;             ///< f64 [3 splits, 2]: loss, accuracy; with judging rows [4, 2]
  std::vector<std::byte> history;           ///< f64 [epochs + 1, 4]: loss, accuracy, val_loss, val_accuracy
  std::vector<std::byte> confusion;         ///< u32, once per row of `final`: K, then K * K counts
  std::vector<std::byte> test_predictions;  ///< u8 [N test]
  std::vector<std::byte> train_seconds;     ///< f64 [1]
  std::vector<std::byte> objective;         ///< f64 [epochs + 1], or empty: RunRecord::objective
  std::string sha256;                       ///< `checksum` of the row when it was written
};

/// Returns the hex SHA-256 of all fields except `sha256`, each preceded by its length. An empty objective is
/// left out, so that rows of older versions keep their checksums.
std::string checksum(const RunRow& row);

RunRow to_row(const RunRecord& run);

/// Throws std::invalid_argument if a blob has an impossible size or states more than 256 classes. That cannot
/// happen in a row that gpu_sweep wrote and that matches its checksum.
RunRecord from_row(const RunRow& row);

/// Returns "run of \"model\", seed 3", for messages.
std::string row_name(const RunRow& row);

}  // namespace gpu_sweep
