// The implementation of RunStore: the database, its ledger, and the findings made when opening them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"
#include "engine/store/files/directory_lock.h"
#include "engine/store/files/named_directory.h"
#include "engine/store/salvage/salvage.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

/// Returns `count` followed by `one` if `count` is 1, otherwise by `more`.
inline std::string counted_runs(std::size_t count, const char* one, const char* more) {
  return std::to_string(count) + (count == 1 ? one : more);
}

/// Returns one line per model, such as "'deep': seeds 3, 7 to 9" followed by `what`.
std::vector<std::string> lines_by_model(const std::vector<LedgerRun>& runs, const std::string& what);

struct RunStore::Impl {
  std::filesystem::path file;
  std::filesystem::path link;  ///< the symbolic link that leads to `file`; empty if there is none
  std::unique_ptr<NamedDirectory> place;
  StoreOptions options;
  std::unique_ptr<DirectoryLock> lock;  // released after the database and the ledger are closed
  std::unique_ptr<sqlite::Database> database;
  FileIdentity identity;                           ///< of the file open in `database` for writing
  std::optional<FileIdentity> log_identity;        ///< of its write-ahead log
  std::optional<FileState> file_state, log_state;  ///< of both after this connection's last write
  std::optional<FileIdentity> index_identity;      ///< of SQLite's index of the log
  StoredExperiment stored;
  std::string other_numerics;  ///< see RunStore::other_numerics
  std::set<std::string>
      keys_of_other_numerics;  ///< those of StoreOptions::runs, if other_numerics is not empty
  bool scanned = false;
  std::map<std::string, LedgerRun> runs;  ///< finished and intact runs of the store, by key
  std::vector<std::string> damaged;
  bool has_damaged_rows = false;
  std::vector<std::string> remarks;
  std::string log_damage;
  std::string unknown_losses;  ///< see RunStore::unknown_losses

  bool has_ledger = false;
  LedgerContents witness;  ///< current contents of the ledger
  std::unique_ptr<Ledger> ledger;
  std::int64_t data_version = 0;       ///< SQLite's, which changes when another connection commits
  std::vector<LedgerRun> unwitnessed;  ///< committed, but not yet in the ledger
  std::chrono::steady_clock::time_point checkpointed = std::chrono::steady_clock::now();
  /// If the store was replaced because another program wrote into it: the clause that says so. Otherwise
  /// empty.
  std::string overwritten;
  std::vector<LedgerRun> overwritten_runs;  ///< runs that could not be saved when the store was replaced

  /// Opens and checks the store, and reads everything except the runs.
  void load(sqlite::Access access);

  /// Throws Error(kCorrupt) and leaves `database` closed if the log holds runs that SQLite does not show.
  /// Otherwise `database` is open afterwards, possibly reopened.
  void check_hidden(sqlite::Access access);

  void open_for_reading();

  /// Completes a salvage that was killed. If the store is gone, makes one from its log, as `open_for_writing`
  /// makes one from a damaged store. Call before opening for writing and before checking whether the store
  /// exists.
  void bring_back(const StudyWitness& known, const std::function<void(Impl& found)>& accept);

  /// Opens an existing store for writing. Replaces a damaged store by a new one with everything that can be
  /// read from it. Calls `accept` before it replaces the store or writes to it: `accept` throws if it refuses
  /// the experiment found.
  void open_for_writing(const StudyWitness& known, const std::function<void(Impl& found)>& accept);

  /// Writes a value about the whole study (kWitnessedStudyValues) to the store and to the ledger.
  void set_study_text(const std::string& name, const std::string& text);

  /// Extends the stored experiment to `experiment`.
  void set_experiment(const Experiment& experiment);

  void set_test_labels(const std::vector<std::uint8_t>& labels);

  /// Visits every row together with its damage, if any (ExperimentRuns::damage); returns the numbers of the
  /// damaged rows. The first scan also fills `runs` and `damaged`.
  using VisitRow = std::function<void(const RunRow& row, const std::optional<std::string>& damage)>;
  std::vector<std::int64_t> scan(const VisitRow& visit = {});

  void read_the_ledger();
  /// Adds to the ledger what it lacks: every run of the store, those of `lost` that the store lacks, and the
  /// values about the study. Writes the ledger anew if there is none or it is damaged.
  void write_the_ledger(const std::vector<LedgerRun>& lost = {});

  /// Returns the runs that the ledger names and `runs` lacks. Call after a scan.
  std::vector<LedgerRun> lost_runs() const;

  /// Returns lost_runs(), except the runs named in `damaged`, as one line per model.
  std::vector<std::string> lost() const;

  /// Returns the runs whose row differs from the one in the ledger, as one line per model.
  std::vector<std::string> replaced() const;

  /// Adds to `runs` the runs that another process has added to the store since it was opened, which can
  /// happen if the directory's lock was deleted. Call in a transaction.
  void learn_keys_of_others();

  /// Runs `body` in a transaction, waiting as `patiently` does; may have to run it several times. If another
  /// program wrote into the store, first replaces the store. If the transaction fails after the store was
  /// deleted or replaced, saves the runs as `settle` does.
  void in_transaction(const std::function<void()>& body);

  /// Call after a commit. Appends the committed runs to the ledger, recreates missing side files (the ledger,
  /// and SQLite's -wal and -shm), and checkpoints the log if a second has passed since the last checkpoint.
  /// Throws Error if another process can lock the directory, if the store's file is gone (a copy of the store
  /// is then saved first), or if another program wrote into the store.
  void settle();

  /// Call after `settle`. Visits every run as another process would read it now. Writes the ledger anew if
  /// the file is not as this process wrote it. If a run of `runs` is not in the store, or the store is
  /// damaged, replaces the store by one with all runs that can still be read, and throws Error.
  void read_back(const std::function<void(const RunRow& row)>& visit);

  /// Returns false if the open store was deleted or replaced, true also if that cannot be determined.
  bool is_in_place() const;

 private:
  std::vector<LedgerRun> unnamed_lost_runs() const;  ///< lost_runs() except those named in `damaged`
  std::vector<std::string> lost_text(const std::vector<LedgerRun>& list) const;
  void salvage(const Error& error, const StudyWitness& known, const std::function<void(Impl& found)>& accept);
  void note_salvage(const std::string& line);
  std::unique_ptr<Impl> salvaged_store() const;
  void finish_salvage();
  void finish_salvage_of_a_store_that_is_gone();
  bool is_log_sound(const std::function<void()>& check);
  void identify();
  void prepare_to_write();
  void reopen();
  void renew_ledger();
  void require_own_lock() const;
  std::filesystem::path current_name() const;
  std::filesystem::path save_copy();
  [[noreturn]] void rescue();
  std::vector<std::string> restore_side_files(const std::filesystem::path& now_at, bool is_ledger_lost);
  void report_restored(const std::vector<std::string>& names);
  void note_states();
  bool may_be_overwritten() const;
  bool has_every_run(const std::function<void(const RunRow& row)>& visit = {}) const;
  bool is_ledger_as_written() const;
  bool replace_if_overwritten();
  void replace_overwritten();
  void save_runs(sqlite::Database& to);
  void require_not_overwritten() const;

  /// Runs `body`, and repeats it while it throws Error(kBusy): waits for other processes as long as
  /// necessary, and tells the user. Gives up five seconds after a stop request, or at the first Error(kBusy)
  /// if options.say is empty.
  void patiently(const std::function<void()>& body);
};

}  // namespace gpu_sweep
