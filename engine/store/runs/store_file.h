// Creates, checks and replaces the file of a run store.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/store/database/sqlite.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns the path of a directory's store. If it is a symbolic link, returns its target, since SQLite puts
/// side files (-wal, -shm) beside that. Throws Error(kOutput) if the link leads nowhere.
std::filesystem::path store_file(const std::filesystem::path& directory);

/// Returns the name of a directory's store if it is a symbolic link, otherwise an empty path.
std::filesystem::path store_link(const std::filesystem::path& directory);

/// Returns whether `file` is empty or its header marks it as a run store, however damaged the rest of it may
/// be. No connection of this process may have it open: closing a file drops the locks that SQLite holds on
/// it.
bool may_be_a_store(const std::filesystem::path& file);

/// Returns the name under which a store is created, so that a store with the final name is always complete.
/// The caller must hold the directory's lock. An existing file of this name was then left by a killed
/// attempt.
std::filesystem::path unfinished(const std::filesystem::path& file);

/// Renames `unfinished(file)` to `file`; durable on return. Throws Error(kOutput), also if part of the store
/// is still in its log, which is not renamed.
void finish(const std::filesystem::path& file);

std::filesystem::path log_file(const std::filesystem::path& file);

/// Returns whether `file` exists. Throws Error(kOutput) if that cannot be determined.
bool is_there(const std::filesystem::path& file);

/// Returns a line that names the newest store rescued beside `file`, which was deleted or replaced, and says
/// how to use it. Empty if there is none. Throws Error(kOutput) if the directory cannot be searched.
std::string rescued_text(const std::filesystem::path& file);

/// Returns the message for a store that is gone while its log is not empty.
std::string orphaned_log_text(const std::filesystem::path& file);

/// Throws Error(kUsage) if `directory` holds no store, or Error(kCorrupt) if a log or a ledger with runs is
/// all that is left of one.
void require_store(const std::filesystem::path& directory);

/// Creates an empty store. Throws Error(kOutput).
void create_store(const std::filesystem::path& file, const Experiment& experiment,
                  const Provenance& provenance);

/// Opens `file`, the store of `directory`, for reading. If SQLite cannot create side files (full disk,
/// read-only file system or folder) and no process is writing to the directory, copies file and log into
/// memory. Throws what sqlite::Database throws.
sqlite::Database open_to_read(const std::filesystem::path& directory, const std::filesystem::path& file);

/// Returns the values about the study as a new store keeps them: JSON by name.
std::map<std::string, std::string> study_texts(const Experiment& experiment, const Provenance& provenance);

/// Reads the values about the study. Throws Error(kCorrupt) if one is missing, damaged or not one that
/// gpu_sweep writes.
StoredExperiment read_study(sqlite::Database& database, const std::string& file);

/// Throws Error(kUsage) with every change that prevents continuing the stored experiment, and returns "" if
/// there is none. If only the numerics changed and the store has all of `runs`, nothing needs training, so
/// returns the changes in one line instead.
std::string refuse_changes(sqlite::Database& database, const std::filesystem::path& file,
                           const StoredExperiment& stored, const Experiment& experiment,
                           const Provenance& provenance, const std::vector<NamedRun>& runs);

/// Throws Error(kCorrupt) if the write-ahead log of `file` has lost durable transactions. Another process may
/// be writing, so damage counts only if two scans in succession find the same damage.
void check_log(const std::filesystem::path& file);

/// Runs `open`, which throws Error(kCorrupt) if `file` is damaged. A failing disk may look like damage, so
/// rethrows only if `open` throws twice and every byte can be read. Throws Error(kOutput) if a byte cannot be
/// read. Keeps this process's locks on `file` unless `open` throws twice.
void open_or_confirm_damage(const std::filesystem::path& file, const std::function<void()>& open);

}  // namespace gpu_sweep
