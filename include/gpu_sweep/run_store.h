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

/// The name of a store in its directory.
inline constexpr const char* kStoreFile = "runs.sqlite";

/// Identifies a run that a caller looks for.
struct NamedRun {
  std::string key;
  std::string model;
  std::uint64_t seed = 0;
};

/// Options for opening a store to write it.
struct StoreOptions {
  /// The runs that the caller wants. If the store's own experiment is lost, only these are recovered. A store
  /// of other numerics is opened only if it holds all of these. Runs with equal keys count as one run.
  std::vector<NamedRun> runs;
  /// Returns whether the finished runs of this experiment, all of which are there, could tell models apart.
  /// If `runs` is raised after such results, that is kept as a look (AnalysisSettings::looks). Empty: never.
  std::function<bool(const Experiment& complete)> is_look = {};
  std::stop_token stop;  ///< ends a salvage and waiting
  std::function<void(const std::string& line)>
      say;  ///< receives the reason why a call waits; if empty, calls wait only briefly
};

/// Owns OUT/runs.sqlite, its ledger and the directory's lock. Use from one thread at a time. Members that
/// read or write throw Error(kOutput) if the disk fails and Error(kCorrupt) if the file is damaged, naming
/// the file.
class RunStore {
 public:
  /// Opens the store of `directory`, creating both if missing. Continues an existing store if the experiment
  /// only raises `runs` or adds models; for any other difference, throws Error(kUsage) with the changed keys
  /// and their old and new values. If only the numerics differ and the store has all options.runs, opens it,
  /// but nothing can be added. Throws Error(kBusy) naming the process that holds the directory,
  /// Error(kOutput) if the directory cannot be written, and Error(kCorrupt) if the file is damaged and
  /// nothing can be read from it. Damaged and missing runs are listed in `damaged`, and can be trained again.
  static RunStore create_or_continue(const std::filesystem::path& directory, const Experiment& experiment,
                                     const Provenance& provenance, const StoreOptions& options = {});

  /// Does the same for a store that exists or from which runs can be salvaged, whatever its experiment.
  /// Throws Error(kUsage) if there is no such store, or Error(kCorrupt) if only its ledger is left.
  static RunStore repair(const std::filesystem::path& directory, const StoreOptions& options = {});

  /// Opens an existing store for reading only, without a lock. Throws Error(kUsage) if there is none, and
  /// Error(kCorrupt) if only its log or a ledger with runs is left. A store with a damaged write-ahead log is
  /// salvaged into memory.
  static RunStore open(const std::filesystem::path& directory);

  RunStore(RunStore&&) noexcept;
  RunStore& operator=(RunStore&&) noexcept;
  ~RunStore();

  const StoredExperiment& stored() const;
  bool contains(
      const std::string& key) const;  ///< finished and intact; options.runs count under other numerics, too

  /// If this program's results differ in bits from those of the program that trained the stored runs, returns
  /// the reasons as "key: old -> new"; otherwise an empty text.
  const std::string& other_numerics() const;

  /// Returns the damage found when the store was opened (if read-only, at the first call), one line each for
  /// the user: the name of a damaged run, or how the file's structure was damaged and what was done about it.
  /// contains() is false for damaged runs.
  const std::vector<std::string>& damaged() const;

  /// Returns the runs that are finished according to the ledger but missing from the store and from
  /// `damaged`, as one line per affected model.
  std::vector<std::string> missing() const;

  /// Returns whether a finished run is known to be lost: its row was damaged, or the store lacks it although
  /// the ledger names it.
  bool has_lost_runs() const;

  /// Returns one clause saying that it is unknown which runs are lost, if this object replaced a damaged
  /// store by what could be recovered from it and no intact ledger lists its runs. Otherwise returns an empty
  /// text.
  const std::string& unknown_losses() const;

  /// Returns the runs whose row differs from the one recorded in the ledger, as one line per model.
  std::vector<std::string> replaced() const;

  /// Returns remarks, one line each: about damage that hides no run from a reader (a damaged log or ledger),
  /// and about a rule of judging that opening has replaced.
  const std::vector<std::string>& remarks() const;

  /// Returns in one line how the log of a store open for reading is damaged; empty if it is sound. The runs
  /// in a damaged log were recovered from its bytes, as a remark says.
  const std::string& log_damage() const;

  /// Returns the current path of the directory, which may have been moved since it was opened.
  std::filesystem::path directory() const;

  /// Returns whether a store open for writing still has its name: false if it was deleted or replaced.
  bool is_in_place() const;

  /// Adds `runs` in one transaction; durable in the store and in its ledger on return. If a run's key exists
  /// already, the stored run stays: models that differ only in their names share their runs. After OutOfSpace
  /// the same call may succeed later. If the store was deleted or replaced meanwhile, saves all runs in
  /// runs.rescued.sqlite and throws Error(kOutput) with that name, or with the reason if that fails. If the
  /// directory's lock was deleted or replaced, so that another process may write there, still adds `runs`,
  /// and then throws Error(kOutput). If another program truncated the store or wrote into it, adds `runs` to
  /// the store that takes its place, and throws what read_back() throws.
  void add(std::span<const RunRecord> runs);
  void add(const RunRecord& run) { add({&run, 1}); }
  void add_wall_seconds(double seconds);

  /// Reads the store and its ledger back from their files as another process would, and returns runs().
  /// Throws Error(kCorrupt), naming by model and seed every run that was added or found on opening and is now
  /// lost, and Error(kOutput) if another program wrote into the store but no run is lost. In both cases, a
  /// sound store of all other runs has taken the place of the store, unless that is behind a symbolic link.
  /// Reads every row once.
  std::vector<RunRecord> read_back();

  /// Adds to the ledger the runs that other code wrote into the store under this object's lock. Also adds the
  /// runs that `sources`, stores of the same experiment, have lost and that this one lacks; missing() then
  /// names them.
  void complete_ledger(const std::vector<const RunStore*>& sources = {});

  /// Returns the runs of the stored experiment, ordered by (model in the experiment's order, seed). Throws
  /// Error(kCorrupt) naming the run if a row does not match its checksum or does not fit its model.
  std::vector<RunRecord> runs() const;

  /// The same for commands that only read: returns the intact runs, and adds a line to `damaged` for each row
  /// that runs() refuses.
  std::vector<RunRecord> runs(std::vector<std::string>& damaged) const;

 private:
  struct Impl;
  explicit RunStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gpu_sweep
