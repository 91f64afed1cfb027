#include "engine/store/runs/store_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>

#include "engine/store/database/experiment_changes.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/database/ledger.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/directory_lock.h"
#include "engine/store/files/raw_file.h"
#include "engine/store/formats/json_text.h"
#include "engine/store/runs/experiment_runs.h"
#include "engine/store/salvage/salvage.h"
#include "engine/store/salvage/wal_scan.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// Throws Error(kOutput) if a byte of the store or of its log cannot be read. Drops the locks that this
/// process has on the store.
void require_readable(const fs::path& file) {
  for (const fs::path& part : {file, log_file(file)}) {
    const auto opened = RawFile::open(part);
    if (!opened) continue;
    std::vector<std::byte> bytes(1 << 20);
    std::uint64_t offset = 0;
    while (const std::size_t count = opened->read(offset, bytes)) offset += count;
  }
}

std::optional<std::string> log_damage(const fs::path& file) {
  const auto log = read_if_there(log_file(file), {.may_shrink = true});
  return log ? scan_wal(std::as_bytes(std::span(*log))).damage : std::nullopt;
}

}  // namespace

fs::path store_file(const fs::path& directory) {
  const fs::path file = directory / kStoreFile;
  std::error_code error;
  if (!fs::is_symlink(file, error)) return file;
  fs::path target = fs::canonical(file, error);
  if (error) throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + error.message());
  return target;
}

fs::path store_link(const fs::path& directory) {
  std::error_code error;
  const fs::path file = directory / kStoreFile;
  return fs::is_symlink(file, error) ? file : fs::path();
}

bool may_be_a_store(const fs::path& file) {
  const auto opened = RawFile::open(file);
  if (!opened || opened->size() == 0) return opened.has_value();
  std::array<std::byte, 4> bytes{};
  if (opened->read(68, bytes) < bytes.size()) return false;
  std::int64_t id = 0;
  for (const std::byte byte : bytes) id = id << 8 | std::to_integer<std::int64_t>(byte);
  return id == kApplicationId;
}

fs::path log_file(const fs::path& file) { return fs::path(file) += "-wal"; }

fs::path unfinished(const fs::path& file) { return fs::path(file) += ".new"; }

void finish(const fs::path& file) {
  if (sqlite::has_log(unfinished(file))) {
    throw Error(ExitCode::kOutput, "cannot write " + file.string() + ": " +
                                       log_file(unfinished(file)).string() + " holds a part of it");
  }
  std::error_code error;
  fs::rename(unfinished(file), file, error);
  if (error) fail_to_write(file, error.value());
  sync_directory(fs::absolute(file).parent_path());
}

bool is_there(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::status_known(status))
    throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + error.message());
  return fs::exists(status);
}

std::string rescued_text(const fs::path& file) {
  const fs::path directory = file.parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory.empty() ? "." : directory, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with("runs.rescued") && name.ends_with(".sqlite")) names.push_back(name);
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    throw Error(ExitCode::kOutput, "cannot read " + directory.string() + ": " + error.message());
  }
  if (names.empty()) return "";
  const std::string newest = (directory / *std::ranges::max_element(names, {}, [](const std::string& name) {
                                return std::pair(name.size(), name);
                              })).string();
  return newest + " holds runs rescued from a deleted store: mv " + newest + " " + file.string() +
         " takes them up";
}

std::string orphaned_log_text(const fs::path& file) { return file.string() + " is gone and its log is left"; }

void require_store(const fs::path& directory) {
  const fs::path file = store_file(directory);
  if (is_there(file)) return;
  if (sqlite::has_log(file)) {
    throw Error(ExitCode::kCorrupt, orphaned_log_text(file) +
                                        "; gpu_sweep repair recovers what is intact, and gpu_sweep run " +
                                        "trains what is missing");
  }
  const std::string rescued = rescued_text(file);
  const std::string advice = rescued.empty() ? "" : "; " + rescued;
  if (const auto ledger = read_ledger(ledger_file(file)); ledger && !ledger->runs.empty()) {
    throw Error(ExitCode::kCorrupt, file.string() + " is gone, and its ledger names " +
                                        std::to_string(ledger->runs.size()) + " finished run" +
                                        (ledger->runs.size() == 1 ? "" : "s") + advice);
  }
  throw Error(ExitCode::kUsage,
              directory.string() + " holds no results: there is no " + kStoreFile + " in it" + advice);
}

std::map<std::string, std::string> study_texts(const Experiment& experiment, const Provenance& provenance) {
  return {{"experiment", to_text(to_json(experiment))},
          {"provenance", to_text(to_json(provenance))},
          {"numerics_version", to_text(provenance.numerics_version)},
          {"wall_seconds", to_text(0.0)}};
}

void create_store(const fs::path& file, const Experiment& experiment, const Provenance& provenance) {
  remove_database(unfinished(file));
  try {
    sqlite::Database database(unfinished(file), sqlite::Access::kCreate);
    create_schema(database);
    sqlite::Transaction transaction(database);
    const auto texts = study_texts(experiment, provenance);
    for (const char* name : kStudyValues) write_study_text(database, name, texts.at(name));
    transaction.commit();
    // Closing would move the log into the database as well, but does not report failures.
    database.empty_log();
  } catch (...) {
    remove_database(unfinished(file));
    throw;
  }
  finish(file);
}

sqlite::Database open_to_read(const fs::path& directory, const fs::path& file) {
  try {
    sqlite::Database database(file, sqlite::Access::kRead);
    database.integer("PRAGMA schema_version");  // the first read creates the side files
    return database;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kOutput) throw;
    const ReadersLock lock(directory);
    if (!lock.held()) throw;
    require_readable(file);
    sqlite::Database memory = sqlite::Database::in_memory(file);
    sqlite::Database(file, sqlite::Access::kReadAlone).copy_to(memory);
    return memory;
  }
}

StoredExperiment read_study(sqlite::Database& database, const std::string& file) {
  try {
    StoredExperiment stored;
    stored.experiment = experiment_from_json(read_study_value(database, file, "experiment"));
    stored.provenance = provenance_from_json(read_study_value(database, file, "provenance"));
    stored.provenance.numerics_version = read_study_value(database, file, "numerics_version").get<int>();
    stored.wall_seconds = read_study_value(database, file, "wall_seconds").get<double>();
    return stored;
  } catch (const nlohmann::json::exception& error) {
    // The checksum matches, so another program wrote this.
    throw Error(ExitCode::kCorrupt, file + " is damaged: " + error.what());
  } catch (const std::invalid_argument& error) {
    throw Error(ExitCode::kCorrupt, file + " is damaged: " + error.what());
  }
}

namespace {

/// Returns whether the store holds each of `runs` intact, under any key.
bool holds_all(sqlite::Database& database, const Experiment& experiment, const std::vector<NamedRun>& runs) {
  const ExperimentRuns rows(experiment);
  std::set<std::pair<std::string, std::uint64_t>> there;
  for_each_run(database, [&](std::int64_t, const RunRow& row) {
    if (!rows.damage(row)) there.emplace(row.model, static_cast<std::uint64_t>(row.seed));
  });
  std::map<std::string, bool> found;  // by key: models that differ only in their names share runs
  for (const NamedRun& run : runs) found[run.key] |= there.contains({run.model, run.seed});
  return !found.empty() && std::ranges::all_of(found, [](const auto& run) { return run.second; });
}

}  // namespace

std::string refuse_changes(sqlite::Database& database, const fs::path& file, const StoredExperiment& stored,
                           const Experiment& experiment, const Provenance& provenance,
                           const std::vector<NamedRun>& runs) {
  const std::vector<std::string> changes = experiment_changes(stored, experiment, provenance);
  if (changes.empty()) return "";
  const std::vector<std::string> numerics = numerics_changes(stored.provenance, provenance);
  const bool of_numerics_alone = changes.size() == numerics.size();
  if (of_numerics_alone && holds_all(database, stored.experiment, runs)) return in_one_line(numerics);
  throw Error(
      ExitCode::kUsage,
      file.string() + " holds another experiment: " + in_one_line(changes) +
          (numerics.empty()
               ? ""
               : " (results of other numerics differ in their bits: existing ones can be shown, reported, "
                 "exported and compared, but more can only be trained in another folder)"));
}

void check_log(const fs::path& file) {
  constexpr std::chrono::milliseconds kPause{20};
  auto damage = log_damage(file);
  for (int i = 0; i < 3 && damage; ++i) {
    std::this_thread::sleep_for(kPause);
    const auto again = log_damage(file);
    if (again == damage) {
      throw Error(ExitCode::kCorrupt, log_file(file).string() + " is damaged: " + *damage);
    }
    damage = again;
  }
}

void open_or_confirm_damage(const fs::path& file, const std::function<void()>& open) {
  for (const bool again : {false, true}) {
    try {
      return open();
    } catch (const Error& error) {
      if (error.code() != ExitCode::kCorrupt) throw;
      if (!again) continue;
      require_readable(file);
      throw;
    }
  }
}

}  // namespace gpu_sweep
