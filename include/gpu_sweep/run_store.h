// Stores runs: one SQLite file per result directory.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "gpu_sweep/experiment.h"
#include "gpu_sweep/run_key.h"
#include "gpu_sweep/run_record.h"
#include "gpu_sweep/stored_experiment.h"

namespace gpu_sweep {

/// The file name of a store in its directory.
inline constexpr const char* kStoreFile = "runs.sqlite";

/// Identifies a run that a caller looks for.
struct NamedRun {
  std::string key;
  std::string model;
  std::uint64_t seed = 0;
};

/// Options for opening a store for writing.
struct StoreOptions {
  /// The runs that the caller wants. If the experiment recorded in the store is lost, only these runs are
  /// recovered. A store whose runs were trained with other numerics (DeviceInfo::numerics) is opened only if
  /// it holds all of these runs. Runs with equal keys count as one run.
  std::vector<NamedRun> runs;
  /// Returns whether the tests could tell models apart with the finished runs of `complete`, an experiment of
  /// which the store has all runs. If `runs` is raised after such results, the old number is kept as a look
  /// (AnalysisSettings::looks). If the function is empty, no look is kept.
  std::function<bool(const Experiment& complete)> is_look = {};
  std::stop_token stop;  ///< ends the recovery of a damaged store, and waiting
  std::function<void(const std::string& line)>
      say;  ///< receives the reason why a call waits; if empty, calls wait only briefly
};

/// Owns runs.sqlite of a directory, its ledger (a second file that lists the finished runs) and the lock of
/// the directory. Must be used from one thread at a time. Members that read or write throw Error(kOutput) if
/// the disk fails and Error(kCorrupt) if the file is damaged. Both errors name the file.
class RunStore {
 public:
  /// Opens the store in `directory` for writing. Creates the directory and the store if they do not exist.
  /// An existing store is continued if the experiment only raises `runs`, adds models or changes
  /// AnalysisSettings without withdrawing until_decided or race. For any other difference, throws
  /// Error(kUsage) with the changed keys and their old and new values. If only the numerics differ and the
  /// store has all of options.runs, the store is opened, but nothing can be added to it. Throws Error(kBusy),
  /// naming the process that holds the directory, Error(kOutput) if the directory cannot be written, and
  /// Error(kCorrupt) if the file is damaged and nothing can be read from it. Damaged and missing runs are
  /// listed in `damaged`, and can be trained again.
  static RunStore create_or_continue(const std::filesystem::path& directory, const Experiment& experiment,
                                     const Provenance& provenance, const StoreOptions& options = {});

  /// Opens a store for writing, as create_or_continue does, but accepts any experiment. The store must exist,
  /// or runs must be salvageable from what is left of it. Throws Error(kUsage) if there is no such store, and
  /// Error(kCorrupt) if only its ledger is left.
  static RunStore repair(const std::filesystem::path& directory, const StoreOptions& options = {});

  /// Opens an existing store for reading only, without taking the lock. Throws Error(kUsage) if there is no
  /// store, and Error(kCorrupt) if all that is left is its log or a ledger that lists runs. If the
  /// write-ahead log is damaged, the runs are salvaged into memory.
  static RunStore open(const std::filesystem::path& directory);

  RunStore(RunStore&&) noexcept;
  RunStore& operator=(RunStore&&) noexcept;
  ~RunStore();

  const StoredExperiment& stored() const;
  /// Returns whether the store has the run with this key, finished and intact. If other_numerics() is not
  /// empty, the store has all runs of StoreOptions::runs under other keys, and this is true for their keys,
  /// too.
  bool contains(const std::string& key) const;

  /// If the results of this program differ in their bits from those of the program that trained the stored
  /// runs, returns the reasons as "key: old -> new". Otherwise returns an empty text.
  const std::string& other_numerics() const;

  /// Returns the damage that was found when the store was opened (for a read-only store, at the first call),
  /// as lines for the user. A line names a damaged run, or says how the file's structure was damaged and what
  /// was done about it. contains() returns false for damaged runs.
  const std::vector<std::string>& damaged() const;

  /// Returns one line per model that has missing runs. A run is missing if the ledger says that it is
  /// finished but neither the store nor `damaged` has it.
  std::vector<std::string> missing() const;

  /// Returns whether a finished run is known to be lost, because its row was damaged or because the ledger
  /// names it but the store does not have it.
  bool has_lost_runs() const;

  /// Returns one clause saying that it is unknown which runs are lost. This is the case if this object
  /// replaced a damaged store by what could be recovered from it, and no intact ledger lists the runs of the
  /// damaged store. Otherwise returns an empty text.
  const std::string& unknown_losses() const;

  /// Returns one line per model that has replaced runs. A run is replaced if its row differs from the row
  /// that the ledger recorded.
  std::vector<std::string> replaced() const;

  /// Returns remarks of one line each, for example about damage by which no run is lost (of the log or the
  /// ledger).
  const std::vector<std::string>& remarks() const;

  /// Returns one line that says how the log of a store open for reading is damaged, or an empty text if the
  /// log is sound. The runs in a damaged log were recovered from its bytes; a remark says so.
  const std::string& log_damage() const;

  /// Returns the current path of the directory, which may have been moved since it was opened.
  std::filesystem::path directory() const;

  /// Returns whether a store open for writing still exists under its name. False if it was deleted or
  /// replaced.
  bool is_in_place() const;

  /// Adds `runs` in one transaction. When the call returns, they are durable in the store and in its ledger.
  /// If the store already has a run with the same key, the stored run is kept: models that differ only in
  /// their names share their runs. After OutOfSpace the same call may succeed later.
  /// If the store was deleted or replaced in the meantime, saves all runs in runs.rescued.sqlite and throws
  /// Error(kOutput) with that name, or with the reason if saving fails. If the lock of the directory was
  /// deleted or replaced, another process may be writing there: `runs` are added nevertheless, and then
  /// Error(kOutput) is thrown. If another program truncated the store or wrote into it, adds `runs` to the
  /// store that replaces it, and throws what read_back() throws.
  void add(std::span<const RunRecord> runs);
  void add(const RunRecord& run) { add({&run, 1}); }
  void add_wall_seconds(double seconds);

  /// Reads the store and its ledger from their files, as another process would, and returns runs(). Reads
  /// every row once.
  /// Throws Error(kCorrupt) if a run that was added, or that was found on opening, is now lost; the message
  /// names each lost run by model and seed. Throws Error(kOutput) if another program wrote into the store but
  /// no run is lost. In both cases, a sound store with all remaining runs has replaced the store, unless the
  /// store is reached through a symbolic link.
  std::vector<RunRecord> read_back();

  /// Adds to the ledger the runs that other code wrote into the store while this object held the lock.
  /// `sources` are stores of the same experiment. Runs that they have lost, and that this store lacks too,
  /// are also added to the ledger, so that missing() names them.
  void complete_ledger(const std::vector<const RunStore*>& sources = {});

  /// Returns the runs of the stored experiment, ordered by (model in the experiment's order, seed). Throws
  /// Error(kCorrupt) naming the run if a row does not match its checksum or does not fit its model.
  std::vector<RunRecord> runs() const;

  /// Returns the intact runs, for commands that only read. For each row that runs() would refuse, adds a line
  /// to `damaged` instead of throwing.
  std::vector<RunRecord> runs(std::vector<std::string>& damaged) const;

 private:
  struct Impl;
  explicit RunStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gpu_sweep
