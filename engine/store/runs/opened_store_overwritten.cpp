// Detects that another program has written into the files of an open store, which SQLite does not notice, and
// saves the runs.
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/formats/json_text.h"
#include "engine/store/runs/opened_store.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/carve.h"
#include "engine/store/salvage/damaged_file.h"
#include "engine/store/salvage/salvage.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

/// Records the states of store and log. Call after this connection has written. What others wrote before the
/// call is found by `read_back`.
void RunStore::Impl::note_states() {
  try {
    const fs::path now_at = current_name();
    if (now_at.empty()) return;
    file_state = state_of(now_at);
    log_state = state_of(log_file(now_at));
  } catch (const Error&) {
    // Files that cannot be looked up are reported by `settle`.
  }
}

/// Returns whether another process may have written into the store or its log. Returns false if one of them
/// cannot be looked up or is no longer the file that this process has open.
bool RunStore::Impl::may_be_overwritten() const {
  try {
    const fs::path now_at = current_name();
    if (now_at.empty() || identity_of(log_file(now_at)) != log_identity) return false;
    return state_of(now_at) != file_state || state_of(log_file(now_at)) != log_state;
  } catch (const Error&) {
    return false;
  }
}

/// Returns whether the store is sound and has all `runs`, and visits each of these once. Reads them with a
/// new connection, whose page cache is empty. Closing that connection keeps the locks: SQLite shares locks
/// and file descriptors among the connections of a process. Reads again before it reports damage, because
/// SQLite mistakes some failed reads for damage. Throws Error(kOutput) if a file cannot be read.
bool RunStore::Impl::has_every_run(const std::function<void(const RunRow& row)>& visit) const {
  const fs::path now_at = current_name();
  std::set<std::string> visited;
  const auto read_once = [&] {
    check_log(now_at);  // SQLite itself checks the frames only after a kill
    sqlite::Database again(now_at, sqlite::Access::kRead);
    check_schema(again, now_at.string());
    read_study(again, now_at.string());
    std::set<std::string> found;
    for_each_run(again, [&](std::int64_t, const RunRow& row) {
      if (!is_intact(row)) return;
      const auto run = runs.find(row.key);
      if (run == runs.end() || !(run->second == ledger_run(row)) || !found.insert(row.key).second) return;
      if (visit && visited.insert(row.key).second) visit(row);
    });
    if (found.size() < runs.size()) throw Error(ExitCode::kCorrupt, now_at.string() + " lacks runs");
  };
  try {
    open_or_confirm_damage(now_at, read_once);
    return true;
  } catch (const Error& error) {
    if (error.code() == ExitCode::kCorrupt || error.code() == ExitCode::kUsage) return false;
    throw;
  }
}

bool RunStore::Impl::is_ledger_as_written() const {
  try {
    const auto found = read_ledger(ledger_file(current_name()));
    return found && found->damage.empty() && !found->torn && found->runs == witness.runs &&
           found->study == witness.study;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kUsage) throw;  // kUsage: a newer program wrote it
    return false;
  }
}

/// Replaces the store if it was overwritten, and returns whether it was. Keeps a store into which another
/// client wrote through SQLite.
bool RunStore::Impl::replace_if_overwritten() {
  if (!may_be_overwritten()) return false;
  if (has_every_run()) {
    note_states();
    return false;
  }
  replace_overwritten();
  return true;
}

/// Writes into `to` every run of `runs` that can be read: from the pages that the open connection has in
/// memory, then, after closing it, from the bytes of store and log. Ignores rows of other runs: the bytes may
/// be those of another store. Moves the runs that cannot be read from `runs` to `overwritten_runs`.
void RunStore::Impl::save_runs(sqlite::Database& to) {
  create_schema(to);
  sqlite::Transaction transaction(to);
  for (const auto& [name, text] : study_texts(stored.experiment, stored.provenance)) {
    const auto known = witness.study.find(name);
    write_study_text(to, name, known == witness.study.end() ? text : known->second);
  }
  write_study_value(to, "wall_seconds", stored.wall_seconds);
  std::set<std::string> saved;
  RunInserter made(to, [](const std::string&) { return false; });
  const auto save = [&](const RunRow& row) {
    const auto run = runs.find(row.key);
    if (run == runs.end() || !(run->second == ledger_run(row)) || !is_intact(row)) return;
    if (saved.insert(row.key).second) made.insert(row);
  };
  visit_readable_runs(*database, runs.size(), save);
  database->keep_log(true);
  database.reset();
  carve_store(file, {save, [](const std::string&, const std::string&) {}});
  transaction.commit();
  for (auto run = runs.begin(); run != runs.end();) {
    if (saved.contains(run->first)) {
      ++run;
    } else {
      overwritten_runs.push_back(run->second);
      run = runs.erase(run);
    }
  }
}

/// Replaces the open store by a new one with all runs that can still be read.
void RunStore::Impl::replace_overwritten() {
  file = current_name();
  const std::string what = file.string() + " was truncated or overwritten while it was being written";
  if (!link.empty()) {
    throw Error(ExitCode::kCorrupt, what + "; nothing is replaced behind the symbolic link " + link.string() +
                                        ": move the file there, or repair it in its own folder");
  }
  remove_database(unfinished(file));
  try {
    sqlite::Database made(unfinished(file), sqlite::Access::kCreate);
    save_runs(made);
    made.empty_log();
  } catch (const Error& error) {
    remove_database(unfinished(file));
    const std::string text = what + ", and its runs could not be saved: " + error.what();
    if (dynamic_cast<const OutOfSpace*>(&error)) throw OutOfSpace(text);
    throw Error(error.code(), text);
  }
  const fs::path kept = keep_damaged(file);
  finish(file);
  overwritten = what + ", and is kept as " + kept.filename().string();
  reopen();
}

void RunStore::Impl::require_not_overwritten() const {
  if (overwritten.empty()) return;
  const std::string there = overwritten + ": " +
                            counted_runs(runs.size(), " finished run is", " finished runs are") +
                            " in the new " + file.filename().string();
  if (overwritten_runs.empty()) {
    throw Error(ExitCode::kOutput, there + ", none is lost; the same command continues");
  }
  std::string lost;
  for (const std::string& line : lines_by_model(overwritten_runs, ""))
    lost += (lost.empty() ? "" : "; ") + line;
  throw Error(ExitCode::kCorrupt, there + ", " +
                                      counted_runs(overwritten_runs.size(), " is lost", " are lost") + " (" +
                                      lost + "); the same command trains what is missing");
}

void RunStore::Impl::read_back(const std::function<void(const RunRow& row)>& visit) {
  replace_if_overwritten();
  database->checkpoint();
  note_states();
  if (!has_every_run(visit)) replace_overwritten();
  if (!is_ledger_as_written()) {
    renew_ledger();
    report_restored({ledger_file(file).string()});
  }
  require_not_overwritten();
}

}  // namespace gpu_sweep
