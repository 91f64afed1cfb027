// What RunStore is made of: the database, its ledger, and what was found when they were opened.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/store/database/ledger.h"
#include "engine/store/database/sqlite.h"
#include "engine/store/files/directory_lock.h"
#include "engine/store/files/named_directory.h"
#include "engine/store/runs/run_store.h"
#include "engine/store/salvage/salvage.h"

namespace gpu_sweep {

/// `count` before what is said of one, or of none and many.
inline std::string counted_runs(std::size_t count, const char* one, const char* more) {
  return std::to_string(count) + (count == 1 ? one : more);
}

struct RunStore::Impl {
  std::filesystem::path file;
  std::unique_ptr<NamedDirectory> place;
  StoreOptions options;
  std::unique_ptr<DirectoryLock> lock;  // given back last
  std::unique_ptr<sqlite::Database> database;
  FileIdentity identity;  ///< of the file that `database` has open
  StoredExperiment stored;
  std::string other_numerics;
  std::set<std::string> keys_of_other_numerics;  ///< of runs that are there under another key
  bool scanned = false;
  std::map<std::string, LedgerRun> runs;  ///< of the store, finished and intact, by key
  std::vector<std::string> damaged;
  std::vector<std::string> remarks;
  std::string log_damage;

  bool has_ledger = false;
  LedgerContents witness;  ///< the ledger as it stands
  std::unique_ptr<Ledger> ledger;
  std::vector<LedgerRun> unwitnessed;  ///< committed, and not yet in the ledger
  std::chrono::steady_clock::time_point checkpointed = std::chrono::steady_clock::now();

  /// Opens, checks and reads everything but the runs.
  void load(sqlite::Access access);

  void open_for_reading();

  /// For writing, before anything asks whether the store is there: ends a salvage that was killed, and where
  /// the store is gone makes one of what its log holds, as `open_for_writing` does of a damaged one.
  void bring_back(const StudyWitness& known, const std::function<void(Impl& found)>& accept);

  /// Opens what is there for writing. What is damaged is replaced by what can be read out of it, if `accept`,
  /// which may throw, has nothing against the experiment that is found.
  void open_for_writing(const StudyWitness& known, const std::function<void(Impl& found)>& accept);

  /// Raises what the stored experiment asks for.
  void set_experiment(const Experiment& experiment);

  /// Visits every row and says whether it matches its checksum; returns the row numbers of those that do not.
  /// The first time it learns which runs are there, and names the damaged ones.
  using VisitRow = std::function<void(const RunRow& row, bool intact)>;
  std::vector<std::int64_t> scan(const VisitRow& visit = {});

  void read_the_ledger();
  /// So that it names every run of the store, and those of `lost` that the store lacks.
  void write_the_ledger(const std::vector<LedgerRun>& lost = {});

  /// After a scan: runs that the ledger names and that are not in `runs`.
  std::vector<LedgerRun> lost_runs() const;

  /// The same less those that `damaged` names: a line a model.
  std::vector<std::string> lost() const;

  /// Waits for other processes as long as it takes, and says so. Throws Error(kBusy) five seconds after a
  /// stop.
  void in_transaction(const std::function<void()>& body);

  /// After a commit: the ledger, a copy where the file is gone, the log's way into the file.
  void settle();

 private:
  void salvage(const Error& error, const StudyWitness& known, const std::function<void(Impl& found)>& accept);
  std::unique_ptr<Impl> salvaged_store() const;
  void finish_salvage();
  void finish_salvage_of_a_store_that_is_gone();
  bool is_log_sound(const std::function<void()>& check);
  void rescue_if_gone();
};

}  // namespace gpu_sweep
