// The ledger of a run store: a text file beside the database that names every finished run. A run that the
// database has lost is noticed because the ledger still names it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/store/database/run_row.h"
#include "engine/store/files/named_directory.h"

namespace gpu_sweep {

struct LedgerRun {
  std::string model;
  std::uint64_t seed = 0;
  std::string key;
  std::string sha256;  ///< `checksum` of its row

  bool operator==(const LedgerRun&) const = default;
};

LedgerRun ledger_run(const RunRow& row);

/// The contents of the intact lines of a ledger.
struct LedgerContents {
  std::map<std::string, LedgerRun> runs;     ///< by key; of several lines about a key, the last one counts
  std::map<std::string, std::string> study;  ///< the values about the whole study: JSON by name
  std::int64_t lines = 0;                    ///< number of the last complete line
  std::string damage;                        ///< one line for the user; empty if nothing is damaged
  bool torn = false;                         ///< the last line is incomplete, as after a kill of its writer
};

/// Returns the ledger's path, FILE-ledger, next to SQLite's FILE-wal.
std::filesystem::path ledger_file(const std::filesystem::path& store);

/// Parses a ledger. Line n is "n SHA256 JSON\n", where SHA256 is the digest of "n JSON". A skipped number
/// means a missing line. `name` is used in messages. Throws only Error(kUsage), for a ledger of a newer
/// program.
LedgerContents parse_ledger(std::string_view bytes, const std::string& name);

/// Returns nothing if there is no ledger. Throws Error(kOutput) if it cannot be read, and what parse_ledger
/// throws.
std::optional<LedgerContents> read_ledger(const std::filesystem::path& file);

/// Replaces the ledger by a new file with these contents; durable on return. Throws Error(kOutput).
void write_ledger(const std::filesystem::path& file, const LedgerContents& contents);

/// Appends to an existing ledger of `lines` lines. The owner must hold the directory's lock, so that only one
/// process appends.
class Ledger {
 public:
  /// Does not follow symbolic links. Throws Error(kOutput) if the file cannot be opened.
  Ledger(const std::filesystem::path& file, std::int64_t lines);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger();

  /// Appends `runs`, with up to kMostRuns of them per line; durable on return. If a call throws
  /// Error(kOutput), the next call overwrites what it left.
  void append(std::span<const LedgerRun> runs);
  void append(const std::string& name, const std::string& json);  ///< appends a value about the study

  /// Returns whether another program may have written to the file since this object was made or last wrote to
  /// it.
  bool may_be_overwritten() const;

  /// Returns whether `file` is still this ledger and not shorter than what was written so far. Throws
  /// Error(kOutput) if the file cannot be looked up.
  bool is_whole_at(const std::filesystem::path& file) const;

  static constexpr std::size_t kMostRuns = 256;  ///< per line

 private:
  bool is_cut() const;
  void write(const std::string& text, std::int64_t last_line);

  std::filesystem::path file_;
  int descriptor_ = -1;
  FileState state_;  ///< after the last write
  std::int64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
  bool was_cut_ = false;  ///< another process has shortened the file
};

}  // namespace gpu_sweep
