// Checks after every commit that the files of an open store still have their names, and saves the contents of
// those that do not.
#include <algorithm>

#include "engine/store/files/atomic_file.h"
#include "engine/store/runs/opened_store.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/salvage.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

fs::path index_file(const fs::path& file) { return fs::path(file) += "-shm"; }

std::string in_words(const std::vector<std::string>& names) {
  std::string text = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) text += (i + 1 < names.size() ? ", " : " and ") + names[i];
  return text;
}

}  // namespace

void RunStore::Impl::identify() {
  file_state = state_of(file);
  log_state = state_of(log_file(file));
  identity = file_state ? file_state->identity : FileIdentity{};
  log_identity = log_state ? std::optional(log_state->identity) : std::nullopt;
  index_identity = identity_of(index_file(file));
}

void RunStore::Impl::settle() {
  constexpr std::chrono::seconds kBound{1};
  require_own_lock();
  const bool is_ledger_lost = ledger->may_be_overwritten() && !is_ledger_as_written();
  ledger->append(unwitnessed);
  for (const LedgerRun& run : unwitnessed) witness.runs.insert_or_assign(run.key, run);
  unwitnessed.clear();
  const fs::path now_at = current_name();
  if (now_at.empty()) rescue();
  const std::vector<std::string> restored = restore_side_files(now_at, is_ledger_lost);
  const auto now = std::chrono::steady_clock::now();
  if (!restored.empty() || now - checkpointed >= kBound) {
    // A checkpoint would copy into the store what another program wrote into the log.
    replace_if_overwritten();
    database->checkpoint();
    note_states();
    checkpointed = std::chrono::steady_clock::now();
  }
  if (!restored.empty()) report_restored(restored);
  require_not_overwritten();
}

void RunStore::Impl::report_restored(const std::vector<std::string>& names) {
  const std::string line = in_words(names) + (names.size() == 1 ? " was" : " were") +
                           " deleted or replaced during the sweep: made again, no finished run is lost";
  if (options.say) {
    options.say(line);
  } else {
    remarks.push_back(line);
  }
}

/// Throws Error(kOutput) if another process can lock the directory and may be writing the ledger. This
/// process then leaves the ledger unchanged; the next process that opens the store adds the missing lines.
void RunStore::Impl::require_own_lock() const {
  const fs::path directory = place->name();
  if (lock->is_that_of(directory) || current_name().empty()) return;
  throw Error(ExitCode::kOutput,
              (directory / "lock").string() + " was deleted or replaced, and another process may write " +
                  file.string() + ": " + counted_runs(runs.size(), " finished run is", " finished runs are") +
                  " in it; the same command continues");
}

/// Returns the current path of the open store, whose directory may have been moved, or an empty path if the
/// store was deleted or replaced. Throws Error(kOutput) if that cannot be determined.
fs::path RunStore::Impl::current_name() const {
  try {
    if (identity_of(file) == identity) return file;
    const fs::path moved = place->name() / file.filename();
    return identity_of(moved) == identity ? store_file(moved.parent_path()) : fs::path();
  } catch (const Error& error) {
    throw Error(error.code(), std::string(error.what()) + "; the store is open and not replaced, and has " +
                                  counted_runs(runs.size(), " finished run", " finished runs") +
                                  "; the same command continues");
  }
}

bool RunStore::Impl::is_in_place() const {
  try {
    return !current_name().empty();
  } catch (const Error&) {
    return true;
  }
}

/// Writes the contents of the open store to a new file in its directory, and returns the new file's path.
/// Removes the unfinished copy if it throws.
fs::path RunStore::Impl::save_copy() {
  const fs::path directory = place->name();
  make_directory(directory);
  fs::path copy = directory / "runs.rescued.sqlite";
  for (int i = 2; is_there(copy); ++i) copy = directory / ("runs.rescued-" + std::to_string(i) + ".sqlite");
  remove_database(unfinished(copy));
  try {
    {
      sqlite::Database to(unfinished(copy), sqlite::Access::kCreate);
      database->copy_to(to);
      to.empty_log();
    }
    finish(copy);
  } catch (...) {
    remove_database(unfinished(copy));
    throw;
  }
  return copy;
}

/// Saves the runs under another name. They can still be read, since the deleted or replaced file is open.
/// Then throws Error(kOutput) with that name. If the runs cannot be saved, throws Error with the reason.
void RunStore::Impl::rescue() {
  const std::string gone = file.string() + " was deleted or replaced while it was being written";
  const auto unsaved = [&](const Error& error) {
    return gone + ", and its " + counted_runs(runs.size(), " finished run", " finished runs") +
           " could not be saved: " + error.what();
  };
  fs::path copy;
  try {
    copy = save_copy();
  } catch (const OutOfSpace& error) {
    throw OutOfSpace(unsaved(error));
  } catch (const Error& error) {
    throw Error(error.code(), unsaved(error));
  }
  throw Error(ExitCode::kOutput, gone + ": " +
                                     counted_runs(runs.size(), " finished run is", " finished runs are") +
                                     " saved in " + copy.string() + "; mv " + copy.string() + " " +
                                     (place->name() / kStoreFile).string() + " takes them up");
}

/// Recreates each of the ledger, the log and SQLite's index of the log that was deleted or replaced beside
/// `now_at`, the store; the ledger also if its contents are lost. Returns the names of the recreated files.
/// An open log without a name is lost when this process ends, so its contents are moved into the store.
std::vector<std::string> RunStore::Impl::restore_side_files(const fs::path& now_at, bool is_ledger_lost) {
  std::vector<std::string> gone;
  const bool is_ledger_gone = is_ledger_lost || !ledger->is_whole_at(ledger_file(now_at));
  const bool is_log_gone = database && identity_of(log_file(now_at)) != log_identity;
  const bool is_index_gone = database && identity_of(index_file(now_at)) != index_identity;
  if (is_ledger_gone) gone.push_back(ledger_file(now_at).string());
  if (is_log_gone) gone.push_back(log_file(now_at).string());
  if (is_index_gone) gone.push_back(index_file(now_at).string());
  if (gone.empty() && database) return gone;
  file = now_at;
  if (is_ledger_gone) renew_ledger();
  if (is_log_gone || is_index_gone) {
    if (is_log_gone && sqlite::has_log(file)) {  // another store's log: SQLite would apply it to this one
      std::error_code ignored;
      fs::remove(log_file(file), ignored);
      fs::remove(index_file(file), ignored);
    }
    patiently([this] { database->empty_log(); });
    database.reset();
  }
  if (!database) reopen();
  return gone;
}

void RunStore::Impl::reopen() {
  load(sqlite::Access::kReadWrite);
  prepare_to_write();
  data_version = -1;  // SQLite's number holds for one connection only, so it is read again
}

void RunStore::Impl::renew_ledger() {
  write_ledger(ledger_file(file), witness);
  read_the_ledger();
  ledger = std::make_unique<Ledger>(ledger_file(file), witness.lines);
}

}  // namespace gpu_sweep
