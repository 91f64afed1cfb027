#include "engine/store/runs/backup_store.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>

#include "engine/store/database/ledger.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/files/directory_lock.h"
#include "engine/store/runs/experiment_runs.h"
#include "engine/store/runs/probabilities.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/hidden_runs.h"
#include "engine/store/salvage/salvage.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// Returns the name of a store while it is being copied. Unfinished stores that are not backups have other
/// names and are not removed: they may hold runs that exist nowhere else.
fs::path unfinished_backup(const fs::path& copy) { return fs::path(copy) += ".unfinished-backup"; }

/// Throws Error(kUsage) if the folder of `copy` holds any part of a store. Removes what a killed backup left:
/// an unfinished store and perhaps a ledger, which gets its final name before the store does.
void require_no_results(const fs::path& copy) {
  const bool is_unfinished = is_there(unfinished_backup(copy));
  for (const fs::path& file : {copy, ledger_file(copy), log_file(copy), unfinished(copy)}) {
    if (!is_there(file) || (is_unfinished && file == ledger_file(copy))) continue;
    if (file == log_file(copy) && !sqlite::has_log(copy)) continue;
    throw Error(ExitCode::kUsage, copy.parent_path().string() + " holds results (" +
                                      file.filename().string() + "): expected a folder without");
  }
  if (!is_unfinished) return;
  std::error_code error;
  fs::remove(ledger_file(copy), error);
  if (error) fail_to_write(ledger_file(copy), error.value());
  remove_database(unfinished_backup(copy));
}

}  // namespace

BackupOutcome backup_store(const fs::path& from, const fs::path& to) {
  const fs::path original = store_file(from), copy = to / kStoreFile;
  BackupOutcome outcome;
  const auto named = read_ledger(ledger_file(original));
  {
    const RunStore store = RunStore::open(from);
    outcome.missing = store.missing();
    outcome.remarks = store.remarks();
    std::ranges::move(store.replaced(), std::back_inserter(outcome.remarks));
  }
  check_log(original);
  make_directory(to);
  const DirectoryLock lock(to);
  require_no_results(copy);
  LedgerContents ledger;
  if (named) ledger.runs = named->runs;
  remove_unfinished_probabilities(to);
  try {
    if (named) {
      std::optional<sqlite::Database> shown = open_to_read(from, original);
      const std::set<std::string> unshown = unshown_runs(original, *shown, *named);
      shown.reset();
      check_hidden_runs(original, unshown);
    }
    sqlite::Database source = open_to_read(from, original);
    sqlite::Database made(unfinished_backup(copy), sqlite::Access::kCreate);
    source.copy_to(made);
    check_schema(made, original.string());
    for (const char* name : kWitnessedStudyValues) {
      ledger.study[name] = read_study_text(made, original.string(), name);
    }
    const Experiment experiment = read_study(made, original.string()).experiment;
    const ExperimentRuns rows(experiment);
    std::vector<std::int64_t> damaged;
    for_each_run(made, [&](std::int64_t number, const RunRow& row) {
      if (const auto damage = rows.damage(row)) {
        outcome.damaged.push_back(*damage);
        damaged.push_back(number);
        return;
      }
      ledger.runs[row.key] = ledger_run(row);
      ++outcome.runs;
      KeptProbabilities kept = copy_probabilities(from, to, row.key, row.test_predictions.size());
      if (!kept.damage.empty()) outcome.damaged.push_back(std::move(kept.damage));
      if (!kept.unread.empty()) outcome.unread.push_back(std::move(kept.unread));
      if (is_there(probabilities_file(to, row.key))) ++outcome.probabilities;
    });
    sqlite::Transaction transaction(made);
    for (const std::int64_t number : damaged) set_aside(made, number);
    transaction.commit();
    made.empty_log();
  } catch (...) {
    remove_database(unfinished_backup(copy));
    throw;
  }
  // The ledger is written first, because a store without one looks complete even if it lacks runs.
  write_ledger(ledger_file(copy), ledger);
  std::error_code error;
  fs::rename(unfinished_backup(copy), copy, error);
  if (error) fail_to_write(copy, error.value());
  sync_directory(to);
  return outcome;
}

}  // namespace gpu_sweep
