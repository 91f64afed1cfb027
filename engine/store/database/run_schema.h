// The tables of a run store, and reading and writing their rows with checksums.
#pragma once

#include <array>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "engine/store/database/run_row.h"
#include "engine/store/database/sqlite.h"

namespace gpu_sweep {

/// Rises whenever older programs could not read the store. Its tables or its study_checksum differ then, too:
/// a store with those of this version and another number is damaged.
constexpr int kStoreVersion = 1;

/// An empty database of ours in WAL mode with full synchronisation.
void create_schema(sqlite::Database& database);

/// Throws Error(kCorrupt) where the database is not a run store, has a schema that no gpu_sweep makes (a
/// trigger, a view), a version that does not go with it or a damaged structure, Error(kUsage) where a newer
/// program wrote it.
void check_schema(sqlite::Database& database, const std::string& file);

/// The values about the study as a whole, JSON each. Reading throws Error(kCorrupt)
/// where it is missing or does not match its checksum.
std::string study_checksum(const std::string& name, const std::string& json);
inline constexpr std::array kStudyValues = {"experiment", "provenance", "numerics_version", "wall_seconds"};
/// Those that the ledger names too: the wall time is not worth a line for each run.
inline constexpr std::array kWitnessedStudyValues = {"experiment", "provenance", "numerics_version"};
void write_study_value(sqlite::Database& database, const std::string& name,
                       const nlohmann::ordered_json& value);
void write_study_text(sqlite::Database& database, const std::string& name, const std::string& json);
nlohmann::ordered_json read_study_value(sqlite::Database& database, const std::string& file,
                                        const std::string& name);

std::string read_study_text(sqlite::Database& database, const std::string& file, const std::string& name);

void insert_run(sqlite::Database& database, const RunRow& row);

void remove_run(sqlite::Database& database, const std::string& key);

/// Keys of all rows, checked or not.
std::set<std::string> keys_of(sqlite::Database& database);

/// Visits every row as it stands in the file, checked or not, with its row number.
void for_each_run(sqlite::Database& database,
                  const std::function<void(std::int64_t number, const RunRow& row)>& visit);

/// Whether a row matches its checksum.
bool is_intact(const RunRow& row);

/// Takes a row out of `runs` into `damaged_runs`, where it stays for whoever wants to look at it.
void set_aside(sqlite::Database& database, std::int64_t number);

}  // namespace gpu_sweep
