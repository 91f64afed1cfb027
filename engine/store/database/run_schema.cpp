#include "engine/store/database/run_schema.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "engine/data/sha256.h"
#include "engine/experiment/hyper_parameters.h"
#include "engine/store/formats/json_text.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace {

// A page holds at least one whole row of the usual size (14 kB at 10,000 test images), so a damaged byte
// usually affects the contents of one run, not the file's structure. There is no index, because an index
// would be more structure that can be damaged; a writing process keeps the keys in memory instead.
constexpr const char* kSchema = R"(
PRAGMA page_size = 32768;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
BEGIN;
CREATE TABLE study (name TEXT NOT NULL, value TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE runs (
  number INTEGER PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, seed INTEGER NOT NULL,
  diverged_epoch INTEGER, final BLOB NOT NULL, history BLOB NOT NULL, confusion BLOB NOT NULL,
  test_predictions BLOB NOT NULL, train_seconds BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE damaged_runs (
  number INTEGER PRIMARY KEY, key, model, seed, diverged_epoch, final, history, confusion, test_predictions,
  train_seconds, sha256);
)";

constexpr std::int64_t kFirstStoreVersion = 1;  // of the tables that kSchema creates

/// Turns a store of version 1 into one of version 2.
constexpr const char* kAddObjective = R"(
ALTER TABLE runs ADD COLUMN objective BLOB;
ALTER TABLE damaged_runs ADD COLUMN objective;
PRAGMA user_version = 2;
)";

/// A table that version 2 extends, and how its CREATE statement ends in version 2. In version 1 the statement
/// ends with ")" alone: ALTER TABLE makes SQLite insert the text of the new column before it.
struct ExtendedTable {
  std::string_view name;
  std::string_view ending;
};
constexpr std::array kExtendedTables = {ExtendedTable{"runs", ", objective BLOB)"},
                                        ExtendedTable{"damaged_runs", ", objective)"}};

/// Returns whether the store has a column for objectives. Asks the table itself, since the version number may
/// be damaged.
bool has_objectives(sqlite::Database& database) {
  try {
    database.prepare("SELECT objective FROM runs");
    return true;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    return false;
  }
}

/// Returns the names of a run's columns except `number`, separated by commas.
std::string columns_of(bool with_objective) {
  const std::string columns =
      "key, model, seed, diverged_epoch, final, history, confusion, test_predictions, train_seconds, sha256";
  return columns + (with_objective ? ", objective" : "");
}

constexpr int kObjectiveColumn = 11;  // of a whole row, whose first column is its number

/// Returns the current row of a statement that selects whole rows (*). If the store becomes version 2 before
/// the statement's first step, its rows have the column for objectives, too.
RunRow row_of(const sqlite::Statement& statement) {
  RunRow row;
  row.key = statement.text(1);
  row.model = statement.text(2);
  row.seed = statement.integer(3);
  if (!statement.is_null(4)) row.diverged_epoch = statement.integer(4);
  row.final = statement.blob(5);
  row.history = statement.blob(6);
  row.confusion = statement.blob(7);
  row.test_predictions = statement.blob(8);
  row.train_seconds = statement.blob(9);
  row.sha256 = statement.text(10);
  if (statement.columns() > kObjectiveColumn && !statement.is_null(kObjectiveColumn)) {
    row.objective = statement.blob(kObjectiveColumn);
  }
  return row;
}

/// Returns whether `sql` is the CREATE text of a table of version 1.
bool is_of_first_version(const std::string& sql) {
  return !sql.empty() && std::string_view(kSchema).find(sql + ";") != std::string_view::npos;
}

/// Returns whether `sql` is the CREATE text that the table `name` has in version 2 and not in version 1.
bool is_extended(const std::string& name, std::string sql) {
  const auto table = std::ranges::find(kExtendedTables, name, &ExtendedTable::name);
  if (table == kExtendedTables.end() || !sql.ends_with(table->ending)) return false;
  return is_of_first_version(sql.erase(sql.size() - table->ending.size()) + ")");
}

/// Returns the version of the tables, recognized by the CREATE text that SQLite stores for each of them.
/// Throws Error(kCorrupt) unless the schema consists of exactly the tables of some version.
std::int64_t version_of_tables(sqlite::Database& database, const std::string& file) {
  sqlite::Statement objects = database.prepare("SELECT type, name, sql FROM sqlite_master ORDER BY name");
  std::size_t tables = 0, extended = 0;
  while (objects.step()) {
    const bool is_table = objects.text(0) == "table";
    const bool has_objective = is_table && is_extended(objects.text(1), objects.text(2));
    if (!has_objective && !(is_table && is_of_first_version(objects.text(2)))) {
      throw Error(ExitCode::kCorrupt, file + " is damaged: its schema has " + shown_text(objects.text(0)) +
                                          " " + shown_text(objects.text(1)) +
                                          ", which gpu_sweep does not make");
    }
    ++tables;
    extended += has_objective;
  }
  constexpr std::size_t kTables = 3;
  if (tables != kTables) {
    throw Error(ExitCode::kCorrupt, file + " is damaged: its schema has " + std::to_string(tables) +
                                        " tables, expected " + std::to_string(kTables));
  }
  if (extended != 0 && extended != kExtendedTables.size()) {
    throw Error(ExitCode::kCorrupt, file + " is damaged: only one of its tables has objectives");
  }
  return extended == 0 ? kFirstStoreVersion : kStoreVersion;
}

/// Returns the version of the tables, or nothing if they or the study's checksums are not those of any
/// version that this program knows.
std::optional<std::int64_t> known_version(sqlite::Database& database, const std::string& file) {
  try {
    const std::int64_t version = version_of_tables(database, file);
    for (const char* name : kStudyValues) read_study_text(database, file, name);
    return version;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    return std::nullopt;
  }
}

[[noreturn]] void refuse_version(const std::string& file, std::int64_t version, std::int64_t expected) {
  throw Error(ExitCode::kCorrupt, file + " is damaged: its version is " + std::to_string(version) +
                                      ", expected " + std::to_string(expected) + " for its tables");
}

void check_version_and_tables(sqlite::Database& database, const std::string& file) {
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version >= kFirstStoreVersion && version <= kStoreVersion) {
    const std::int64_t expected = version_of_tables(database, file);
    if (version != expected) refuse_version(file, version, expected);
    return;
  }
  const auto known = known_version(database, file);
  if (version > kStoreVersion && !known) {
    throw Error(ExitCode::kUsage, file + " is a run store of version " + std::to_string(version) +
                                      ", of a newer gpu_sweep; this program reads up to " +
                                      std::to_string(kStoreVersion));
  }
  refuse_version(file, version, known.value_or(kStoreVersion));
}

}  // namespace

std::string study_checksum(const std::string& name, const std::string& json) {
  return sha256_hex(name + '\n' + json);
}

void create_schema(sqlite::Database& database) {
  database.execute(kSchema);
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.execute("PRAGMA user_version = " + std::to_string(kFirstStoreVersion));
  database.execute("COMMIT");
}

void check_schema(sqlite::Database& database, const std::string& file) {
  if (database.integer("PRAGMA application_id") != kApplicationId) {
    throw Error(ExitCode::kCorrupt, file + " is not a run store of gpu_sweep, or its first page is damaged");
  }
  check_version_and_tables(database, file);
  if (const auto damage = database.damage()) {
    throw Error(ExitCode::kCorrupt, file + " is damaged: " + *damage);
  }
}

void write_study_value(sqlite::Database& database, const std::string& name,
                       const nlohmann::ordered_json& value) {
  write_study_text(database, name, to_text(value));
}

void write_study_text(sqlite::Database& database, const std::string& name, const std::string& text) {
  database.prepare("DELETE FROM study WHERE name = ?").bind(1, name).run();
  database.prepare("INSERT INTO study (name, value, sha256) VALUES (?, ?, ?)")
      .bind(1, name)
      .bind(2, text)
      .bind(3, study_checksum(name, text))
      .run();
}

nlohmann::ordered_json read_study_value(sqlite::Database& database, const std::string& file,
                                        const std::string& name) {
  return parse_json(read_study_text(database, file, name));
}

std::string read_study_text(sqlite::Database& database, const std::string& file, const std::string& name) {
  sqlite::Statement statement = database.prepare("SELECT value, sha256 FROM study WHERE name = ?");
  statement.bind(1, name);
  if (!statement.step()) throw Error(ExitCode::kCorrupt, file + " is damaged: its " + name + " is missing");
  const std::string text = statement.text(0);
  if (statement.text(1) != study_checksum(name, text)) {
    throw Error(ExitCode::kCorrupt, file + " is damaged: its " + name + " does not match its checksum");
  }
  return text;
}

RunInserter::RunInserter(sqlite::Database& database, std::function<bool(const std::string&)> holds)
    : database_(database), holds_(std::move(holds)) {}

void RunInserter::insert(const RunRow& row) {
  if (holds_(row.key) || !inserted_.insert(row.key).second) {
    throw std::logic_error("the " + row_name(row) + " is stored twice");
  }
  if (!row.objective.empty() && !has_objectives(database_)) database_.execute(kAddObjective);
  const bool with_objective = !row.objective.empty();
  sqlite::Statement statement =
      database_.prepare("INSERT INTO runs (" + columns_of(with_objective) + ") VALUES (?,?,?,?,?,?,?,?,?,?" +
                        (with_objective ? ",?)" : ")"));
  statement.bind(1, row.key).bind(2, row.model).bind(3, row.seed);
  if (row.diverged_epoch) {
    statement.bind(4, *row.diverged_epoch);
  } else {
    statement.bind(4, std::nullopt);
  }
  statement.bind(5, row.final).bind(6, row.history).bind(7, row.confusion).bind(8, row.test_predictions);
  statement.bind(9, row.train_seconds).bind(10, row.sha256);
  if (with_objective) statement.bind(11, row.objective);
  statement.run();
}

void remove_run(sqlite::Database& database, const std::string& key) {
  database.prepare("DELETE FROM runs WHERE key = ?").bind(1, key).run();
}

std::set<std::string> keys_of(sqlite::Database& database) {
  std::set<std::string> keys;
  sqlite::Statement statement = database.prepare("SELECT key FROM runs");
  while (statement.step()) keys.insert(statement.text(0));
  return keys;
}

void for_each_run(sqlite::Database& database,
                  const std::function<void(std::int64_t number, const RunRow& row)>& visit) {
  sqlite::Statement statement = database.prepare("SELECT * FROM runs ORDER BY number");
  while (statement.step()) visit(statement.integer(0), row_of(statement));
}

void visit_readable_runs(sqlite::Database& database, std::size_t count,
                         const std::function<void(const RunRow& row)>& visit) {
  const std::string sql = "SELECT * FROM runs WHERE number = ?";
  const std::size_t most = 2 * count + 1000;  // rows that were set aside leave gaps in the numbers
  std::size_t found = 0;
  for (std::size_t number = 1; number <= most && found < count; ++number) {
    std::optional<RunRow> row;
    try {
      sqlite::Statement statement = database.prepare(sql);
      statement.bind(1, static_cast<std::int64_t>(number));
      if (statement.step()) row = row_of(statement);
    } catch (const Error&) {
      continue;  // the other rows may be on other pages
    }
    if (!row) continue;
    ++found;
    visit(*row);
  }
}

bool is_intact(const RunRow& row) { return checksum(row) == row.sha256; }

void set_aside(sqlite::Database& database, std::int64_t number) {
  const std::string columns = columns_of(has_objectives(database));
  database
      .prepare("INSERT INTO damaged_runs (" + columns + ") SELECT " + columns + " FROM runs WHERE number = ?")
      .bind(1, number)
      .run();
  database.prepare("DELETE FROM runs WHERE number = ?").bind(1, number).run();
}

}  // namespace gpu_sweep
