#include "engine/store/run_store.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "engine/error.h"
#include "engine/store/atomic_file.h"
#include "engine/store/damaged_file.h"
#include "engine/store/directory_lock.h"
#include "engine/store/experiment_changes.h"
#include "engine/store/experiment_json.h"
#include "engine/store/run_schema.h"
#include "engine/store/salvage.h"
#include "engine/sweep/run_key.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

StoredExperiment read_study(sqlite::Database& database, const std::string& file) {
  StoredExperiment stored;
  stored.experiment = experiment_from_json(read_study_value(database, file, "experiment"));
  stored.provenance = provenance_from_json(read_study_value(database, file, "provenance"));
  stored.wall_seconds = read_study_value(database, file, "wall_seconds").get<double>();
  return stored;
}

/// A store comes into being under this name, so that one of the final name is always complete. Who uses it
/// holds the directory's lock, so leftovers of an earlier attempt belong to nobody.
fs::path unfinished(const fs::path& file) { return fs::path(file) += ".new"; }

/// Throws Error(kOutput) where nobody can tell.
bool is_there(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::status_known(status))
    throw Error(ExitCode::kOutput, "cannot read " + file.string() + ": " + error.message());
  return fs::exists(status);
}

void finish(const fs::path& file) {
  std::error_code error;
  fs::rename(unfinished(file), file, error);
  if (error) throw Error(ExitCode::kOutput, "cannot write " + file.string() + ": " + error.message());
  sync_directory(fs::absolute(file).parent_path());
}

void create_store(const fs::path& file, const Experiment& experiment, const Provenance& provenance) {
  remove_database(unfinished(file));
  {
    sqlite::Database database(unfinished(file), sqlite::Access::kCreate);
    create_schema(database);
    sqlite::Transaction transaction(database);
    write_study_value(database, "experiment", to_json(experiment));
    write_study_value(database, "provenance", to_json(provenance));
    write_study_value(database, "numerics_version", kNumericsVersion);
    write_study_value(database, "wall_seconds", 0.0);
    transaction.commit();
    // Closing moves what was written from the side file into the database, but reports no failure: ask first.
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  finish(file);
}

/// Throws Error(kUsage) with every change that keeps the stored experiment from being continued.
void refuse_changes(sqlite::Database& database, const fs::path& file, const StoredExperiment& stored,
                    const Experiment& experiment, const Provenance& provenance) {
  std::vector<std::string> changes = experiment_changes(stored, experiment, provenance);
  const int numerics = read_study_value(database, file.string(), "numerics_version").get<int>();
  if (numerics != kNumericsVersion) {
    changes.push_back("numerics_version: " + std::to_string(numerics) + " -> " +
                      std::to_string(kNumericsVersion) + " (this program computes other bits)");
  }
  if (changes.empty()) return;
  std::string list;
  for (const std::string& change : changes) list += (list.empty() ? "" : "; ") + change;
  throw Error(ExitCode::kUsage, file.string() + " holds another experiment: " + list);
}

/// Models that are equal but for their names share their runs.
std::string identity(const ModelSpec& model) {
  nlohmann::ordered_json json = to_json(model);
  json.erase("name");
  return json.dump();
}

}  // namespace

struct RunStore::Impl {
  fs::path file;
  std::unique_ptr<DirectoryLock> lock;  // given back last
  std::unique_ptr<sqlite::Database> database;
  StoredExperiment stored;
  bool scanned = false;
  std::set<std::string> keys;
  std::vector<std::string> damaged;

  /// Opens, checks and reads everything but the runs. Failures to parse what its checksum vouches for mean
  /// that another program wrote it.
  void load(sqlite::Access access) {
    database.reset();
    database = std::make_unique<sqlite::Database>(file, access);
    check_schema(*database, file.string());
    try {
      stored = read_study(*database, file.string());
    } catch (const nlohmann::json::exception& error) {
      throw Error(ExitCode::kCorrupt, file.string() + " is damaged: " + error.what());
    } catch (const std::invalid_argument& error) {
      throw Error(ExitCode::kCorrupt, file.string() + " is damaged: " + error.what());
    }
  }

  /// Where the structure of the file is damaged, a store made of what can be read takes its place, and the
  /// damaged file stays under another name. Rethrows `error` where the experiment itself cannot be read.
  void salvage(const Error& error, const Experiment& experiment, const Provenance& provenance) {
    database.reset();
    const std::optional<int> runs = salvage_store(file, unfinished(file));
    if (!runs) throw error;
    try {
      Impl salvaged;
      salvaged.file = unfinished(file);
      salvaged.load(sqlite::Access::kReadWrite);
      refuse_changes(*salvaged.database, file, salvaged.stored, experiment, provenance);
    } catch (const Error&) {
      remove_database(unfinished(file));
      throw;
    }
    const fs::path kept = keep_damaged(file);
    finish(file);
    damaged.push_back(std::string(error.what()) + "; " + std::to_string(*runs) +
                      (*runs == 1 ? " finished run was" : " finished runs were") +
                      " read out of it, and it is kept as " + kept.filename().string());
    load(sqlite::Access::kReadWrite);
  }

  /// Ends a salvage that was killed once the damaged file was kept: the salvaged store, complete by then,
  /// alone holds the runs that stood in side files. What is left of one killed earlier is made anew when it
  /// is needed.
  void finish_salvage() {
    if (!is_there(unfinished(file))) return;
    const auto kept = kept_damaged(file);
    if (!kept) return;
    try {
      Impl salvaged;
      salvaged.file = unfinished(file);
      salvaged.load(sqlite::Access::kReadWrite);
    } catch (const Error& error) {
      if (error.code() != ExitCode::kCorrupt) throw;
      return;
    }
    finish(file);
    damaged.push_back(file.string() +
                      " was damaged: what could be read out of it has taken its place, and it is kept as " +
                      kept->filename().string());
  }

  /// Learns which runs are there; names the damaged ones.
  std::vector<std::int64_t> scan() {
    scanned = true;
    std::vector<std::int64_t> damaged_numbers;
    for_each_run(*database, [&](std::int64_t number, const RunRow& row) {
      if (is_intact(row)) {
        keys.insert(row.key);
      } else {
        damaged.push_back(row_name(row));
        damaged_numbers.push_back(number);
      }
    });
    return damaged_numbers;
  }
};

RunStore::RunStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;
RunStore::~RunStore() = default;

RunStore RunStore::create_or_continue(const fs::path& directory, const Experiment& experiment,
                                      const Provenance& provenance) {
  auto impl = std::make_unique<Impl>();
  impl->file = directory / kStoreFile;
  make_directory(directory);
  impl->lock = std::make_unique<DirectoryLock>(directory);
  if (is_there(impl->file)) {
    impl->finish_salvage();
  } else {
    if (const auto orphan = set_orphans_aside(impl->file)) {
      impl->damaged.push_back(impl->file.string() + " is gone; what was left of it is kept as " +
                              orphan->filename().string());
    }
    create_store(impl->file, experiment, provenance);
  }
  try {
    impl->load(sqlite::Access::kReadWrite);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    impl->salvage(error, experiment, provenance);
  }
  sqlite::Database& database = *impl->database;
  refuse_changes(database, impl->file, impl->stored, experiment, provenance);

  database.execute("PRAGMA synchronous = FULL");
  sqlite::Transaction transaction(database);
  for (const std::int64_t number : impl->scan()) set_aside(database, number);
  if (to_json(experiment) != to_json(impl->stored.experiment)) {
    write_study_value(database, "experiment", to_json(experiment));
    impl->stored.experiment = experiment;
  }
  transaction.commit();
  return RunStore(std::move(impl));
}

RunStore RunStore::open(const fs::path& directory) {
  auto impl = std::make_unique<Impl>();
  impl->file = directory / kStoreFile;
  if (!is_there(impl->file)) {
    throw Error(ExitCode::kUsage,
                directory.string() + " holds no results: there is no " + kStoreFile + " in it");
  }
  impl->load(sqlite::Access::kRead);  // runs() reads and checks them: a scan only for who asks otherwise
  return RunStore(std::move(impl));
}

const StoredExperiment& RunStore::stored() const { return impl_->stored; }

bool RunStore::contains(const std::string& key) const {
  if (!impl_->scanned) impl_->scan();
  return impl_->keys.contains(key);
}

const std::vector<std::string>& RunStore::damaged() const {
  if (!impl_->scanned) impl_->scan();
  return impl_->damaged;
}

void RunStore::add(std::span<const RunRecord> runs) {
  std::map<std::string, const RunRecord*> missing;  // by key
  for (const RunRecord& run : runs) {
    if (!contains(run.key)) missing.emplace(run.key, &run);
  }
  if (missing.empty()) return;
  sqlite::Transaction transaction(*impl_->database);
  for (const RunRecord& run : runs) {
    const auto found = missing.find(run.key);
    if (found != missing.end() && found->second == &run) insert_run(*impl_->database, to_row(run));
  }
  transaction.commit();
  for (const auto& [key, run] : missing) impl_->keys.insert(key);
}

void RunStore::add_wall_seconds(double seconds) {
  sqlite::Transaction transaction(*impl_->database);
  write_study_value(*impl_->database, "wall_seconds", impl_->stored.wall_seconds + seconds);
  transaction.commit();
  impl_->stored.wall_seconds += seconds;
}

std::vector<RunRecord> RunStore::runs() const {
  const Experiment& experiment = impl_->stored.experiment;
  std::map<std::string, std::string> identities;  // by model name
  for (const ModelSpec& model : experiment.models) identities[model.name] = identity(model);

  std::map<std::pair<std::string, std::uint64_t>, RunRecord> found;
  std::vector<std::string> damaged;
  for_each_run(*impl_->database, [&](std::int64_t, const RunRow& row) {
    if (!is_intact(row)) {
      damaged.push_back(row_name(row));
    } else if (const auto model = identities.find(row.model); model != identities.end()) {
      RunRecord run = from_row(row);
      const std::uint64_t seed = run.seed;
      found.emplace(std::pair(model->second, seed), std::move(run));
    }
  });
  if (!damaged.empty()) {
    const std::string more =
        damaged.size() == 1 ? "" : " and " + std::to_string(damaged.size() - 1) + " more";
    throw Error(ExitCode::kCorrupt,
                impl_->file.string() + " is damaged: " + damaged.front() + more +
                    " not as written; the command that made it trains what is damaged again");
  }

  std::map<std::string, std::string> last_of;  // by identity: the last model of several that share runs
  for (const ModelSpec& model : experiment.models) last_of[identities[model.name]] = model.name;
  std::vector<RunRecord> runs;
  runs.reserve(found.size());
  for (const ModelSpec& model : experiment.models) {
    const std::string& shared = identities[model.name];
    for (int i = 0; i < experiment.runs; ++i) {
      const auto run = found.find({shared, experiment.seed + static_cast<std::uint64_t>(i)});
      if (run == found.end()) continue;
      if (last_of[shared] == model.name) {
        runs.push_back(std::move(run->second));
      } else {
        runs.push_back(run->second);
      }
      runs.back().model = model.name;
    }
  }
  return runs;
}

}  // namespace gpu_sweep
