// The ledger of a run store: a second witness, outside SQLite, of every run that was ever reported.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/store/database/run_row.h"

namespace gpu_sweep {

/// A run as a line of the ledger names it.
struct LedgerRun {
  std::string model;
  std::uint64_t seed = 0;
  std::string key;
  std::string sha256;  ///< `checksum` of its row

  bool operator==(const LedgerRun&) const = default;
};

LedgerRun ledger_run(const RunRow& row);

/// What the intact lines of a ledger say.
struct LedgerContents {
  std::map<std::string, LedgerRun> runs;     ///< by key; of several lines about one key the last counts
  std::map<std::string, std::string> study;  ///< JSON by name: the values about the study as a whole
  std::int64_t lines = 0;                    ///< number of the last line
  std::string damage;                        ///< one line for the user; empty where nothing is damaged
  bool torn = false;                         ///< the last line has no end: its writer was killed within it
};

/// FILE-ledger, beside SQLite's FILE-wal.
std::filesystem::path ledger_file(const std::filesystem::path& store);

/// Line n is "n SHA256 JSON\n", the digest over "n JSON". A number that is left out is a line that is
/// missing. `name` stands in messages. Throws Error(kUsage) for a ledger of a newer program, nothing else.
LedgerContents parse_ledger(std::string_view bytes, const std::string& name);

/// Nothing where there is none. Throws Error(kOutput) where it cannot be read.
std::optional<LedgerContents> read_ledger(const std::filesystem::path& file);

/// Writes a whole ledger in place of the one that is there; durable when this returns. Throws Error(kOutput).
void write_ledger(const std::filesystem::path& file, const LedgerContents& contents);

/// Appends to a ledger that is there and ends with line `lines`. One process at a time: its owner holds the
/// directory's lock.
class Ledger {
 public:
  /// Follows no symbolic link. Throws Error(kOutput).
  Ledger(const std::filesystem::path& file, std::int64_t lines);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger();

  /// One line for each kMostRuns of `runs`; durable when this returns. Throws Error(kOutput), and then the
  /// next call writes over what was left of this one.
  void append(std::span<const LedgerRun> runs);
  void append(const std::string& name, const std::string& json);  ///< a value about the study

  static constexpr std::size_t kMostRuns = 256;  ///< of a line

 private:
  void write(const std::string& text, std::int64_t last_line);

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::int64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace gpu_sweep
