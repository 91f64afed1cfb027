// A run store as a file: made, looked at, replaced.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/store/database/sqlite.h"
#include "engine/store/runs/run_store.h"

namespace gpu_sweep {

/// Where the store of a directory really lies: SQLite puts its side files beside what a symbolic link leads
/// to.
std::filesystem::path store_file(const std::filesystem::path& directory);

/// A store comes into being under this name, so that one of the final name is always complete. Who uses it
/// holds the directory's lock, so leftovers of an earlier attempt belong to nobody.
std::filesystem::path unfinished(const std::filesystem::path& file);

/// Gives what stands under the name `unfinished(file)` its final name; durable when it returns. Throws
/// Error(kOutput), also where a part of it stands in its log, which gets no other name.
void finish(const std::filesystem::path& file);

/// The write-ahead log of a store.
std::filesystem::path log_file(const std::filesystem::path& file);

/// Throws Error(kOutput) where nobody can tell.
bool is_there(const std::filesystem::path& file);

/// What is said of a store that is gone while its log holds something.
std::string orphaned_log_text(const std::filesystem::path& file);

/// Throws Error(kUsage) where `directory` holds no store, Error(kCorrupt) where something is left of one:
/// its log, or a ledger that names runs.
void require_store(const std::filesystem::path& directory);

/// An empty store; leaves nothing behind where it throws Error(kOutput).
void create_store(const std::filesystem::path& file, const Experiment& experiment,
                  const Provenance& provenance);

/// Opens `file`, the store of `directory`, for reading. Where SQLite can make no side files (a full disk, a
/// file system or folder that may not be written) and nobody is writing the directory, file and log are
/// copied into memory. Throws what sqlite::Database throws.
sqlite::Database open_to_read(const std::filesystem::path& directory, const std::filesystem::path& file);

/// The values about the study as the store keeps them, JSON by name.
std::map<std::string, std::string> study_texts(const Experiment& experiment, const Provenance& provenance);

/// Throws Error(kCorrupt) where they cannot be read or are not what gpu_sweep writes.
StoredExperiment read_study(sqlite::Database& database, const std::string& file);

/// Throws Error(kUsage) with every change that keeps the stored experiment from being continued. Where only
/// the numerics changed and all of `runs` are there, nothing needs to be continued: returns what changed, in
/// one line.
std::string refuse_changes(sqlite::Database& database, const std::filesystem::path& file,
                           const StoredExperiment& stored, const Experiment& experiment,
                           const Provenance& provenance, const std::vector<NamedRun>& runs);

/// Throws Error(kCorrupt) where the write-ahead log of `file` has lost what was durable. Another process may
/// be writing: damage must look the same twice.
void check_log(const std::filesystem::path& file);

/// Runs `open`, which throws Error(kCorrupt) where `file` is damaged. A disk that fails may look the same:
/// rethrows only where every byte can be read and `open` says so again; Error(kOutput) where one cannot.
void open_or_confirm_damage(const std::filesystem::path& file, const std::function<void()>& open);

}  // namespace gpu_sweep
