// The tables of a run store, and functions that read and write their rows with checksums.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "engine/store/database/run_row.h"
#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// Marks a database as a run store: SQLite keeps it in bytes 68 to 71 of the file, most significant first.
inline constexpr std::int64_t kApplicationId = 0x67707377;  // "gpsw"

/// The newest version of a store. It must be raised whenever older programs could not read the store, and the
/// tables or study_checksum must then change, too: a store with another number but this version's tables and
/// checksums is taken to be damaged. A store begins as version 1. It becomes version 2, which has a column
/// for objectives, with the first run that has an objective, so that older programs can read all other
/// stores.
constexpr int kStoreVersion = 2;

/// Creates the tables of an empty run store, in WAL mode with full synchronization.
void create_schema(sqlite::Database& database);

/// Throws Error(kUsage) if a newer program wrote the database. Throws Error(kCorrupt) if it is not a run
/// store, has a schema that no gpu_sweep makes (a trigger, a view), has a version that does not match its
/// schema, or has a damaged structure.
void check_schema(sqlite::Database& database, const std::string& file);

/// The values about the whole study are stored as JSON, each with its study_checksum. Reading one throws
/// Error(kCorrupt) if it is missing or does not match its checksum.
std::string study_checksum(const std::string& name, const std::string& json);
inline constexpr std::array kStudyValues = {"experiment", "provenance", "numerics_version", "wall_seconds"};
/// The values that the ledger records too. It omits the wall time, which would add a line after each group of
/// runs.
inline constexpr std::array kWitnessedStudyValues = {"experiment", "provenance", "numerics_version"};
void write_study_value(sqlite::Database& database, const std::string& name,
                       const nlohmann::ordered_json& value);
void write_study_text(sqlite::Database& database, const std::string& name, const std::string& json);
nlohmann::ordered_json read_study_value(sqlite::Database& database, const std::string& file,
                                        const std::string& name);

std::string read_study_text(sqlite::Database& database, const std::string& file, const std::string& name);

/// Inserts runs under new keys. The table has no unique index, and looking up a key in it would read the
/// whole table, so this object keeps track of the keys.
class RunInserter {
 public:
  /// `holds` returns whether the table held a key when this object was made.
  RunInserter(sqlite::Database& database, std::function<bool(const std::string& key)> holds);

  /// Throws std::logic_error if the table holds a run under the key of `row`. Call it within a transaction.
  void insert(const RunRow& row);

 private:
  sqlite::Database& database_;
  std::function<bool(const std::string& key)> holds_;
  std::set<std::string> inserted_;
};

void remove_run(sqlite::Database& database, const std::string& key);

/// Returns the keys of all rows, without verifying checksums.
std::set<std::string> keys_of(sqlite::Database& database);

/// Visits every row with its row number, without verifying checksums.
void for_each_run(sqlite::Database& database,
                  const std::function<void(std::int64_t number, const RunRow& row)>& visit);

/// Visits the readable rows of a table whose pages may be damaged, without verifying checksums. Tries the row
/// numbers from 1 on, up to 2 * `count` + 1000, since rows that were set aside leave gaps, and stops after
/// `count` rows.
void visit_readable_runs(sqlite::Database& database, std::size_t count,
                         const std::function<void(const RunRow& row)>& visit);

/// Returns whether a row matches its checksum.
bool is_intact(const RunRow& row);

/// Moves a row from `runs` to `damaged_runs`, where it stays for inspection.
void set_aside(sqlite::Database& database, std::int64_t number);

}  // namespace gpu_sweep
