// Runs are kept: one SQLite file a result directory.
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

#include "engine/experiment/experiment.h"
#include "engine/experiment/run_key.h"
#include "engine/store/database/stored_experiment.h"
#include "engine/train/run_record.h"

namespace gpu_sweep {

/// The name of a store in its directory.
inline constexpr const char* kStoreFile = "runs.sqlite";

/// What a caller knows of a run before it looks for it.
struct NamedRun {
  std::string key;
  std::string model;
  std::uint64_t seed = 0;
};

/// How a store is written.
struct StoreOptions {
  /// Those that the caller means to have. Where the store's own word on its experiment is lost, these are
  /// read out of it and no others. Where its runs are of other numerics, it is opened if it holds all of
  /// these; runs of one key are one run.
  std::vector<NamedRun> runs;
  std::stop_token stop;  ///< ends reading out of a damaged store, and waiting
  std::function<void(const std::string& line)>
      say;  ///< is told why a call waits; empty: calls do not wait long
};

/// Owner of OUT/runs.sqlite, of its ledger and of the directory's lock. One thread at a time. Members that
/// read or write throw Error(kOutput) where the disk fails them and Error(kCorrupt) where the file is
/// damaged, naming it.
class RunStore {
 public:
  /// Opens the store of `directory`, making both if need be. On an existing store raising `runs` and adding
  /// models continues; any other difference throws Error(kUsage) with the keys that changed, old and new
  /// value. Other numerics alone are accepted where options.runs are all there: nothing can be added then.
  /// Throws
  /// Error(kBusy) naming the process that holds the directory, Error(kOutput) where it cannot be written and
  /// Error(kCorrupt) where the file is damaged and nothing can be read out of it. What is damaged or missing
  /// is named in `damaged`, and can be trained again.
  static RunStore create_or_continue(const std::filesystem::path& directory, const Experiment& experiment,
                                     const Provenance& provenance, const StoreOptions& options = {});

  /// The same for a store that is there, or of which something is left to read out, whatever experiment it
  /// holds: throws Error(kUsage) where there is none, Error(kCorrupt) where its ledger alone is left.
  static RunStore repair(const std::filesystem::path& directory, const StoreOptions& options = {});

  /// Opens an existing store for reading only; takes no lock. Throws Error(kUsage) where there is none, and
  /// Error(kCorrupt) where its log or a ledger with runs is left of one. One whose write-ahead log is damaged
  /// is read out into memory.
  static RunStore open(const std::filesystem::path& directory);

  RunStore(RunStore&&) noexcept;
  RunStore& operator=(RunStore&&) noexcept;
  ~RunStore();

  const StoredExperiment& stored() const;
  bool contains(
      const std::string& key) const;  ///< finished and intact; of options.runs under other numerics too

  /// Where this program computes other bits than the one that trained what is there, "key: old -> new" of
  /// what makes them differ; else empty.
  const std::string& other_numerics() const;

  /// What was found damaged when the store was opened (for reading only: when first asked for), one line each
  /// for the user: a run by its name, or the structure of the file and what became of it. No damaged run's
  /// key is contained.
  const std::vector<std::string>& damaged() const;

  /// Runs that were finished, by the ledger, and that are neither intact in the store nor named in `damaged`:
  /// a line per model that lost some.
  std::vector<std::string> missing() const;

  /// Runs whose row is another than the one that the ledger names, one line each.
  std::vector<std::string> replaced() const;

  /// What a reader should know that keeps no run from it, one line each: a damaged log or ledger.
  const std::vector<std::string>& remarks() const;

  /// How the log of a store that is open for reading is damaged, one line for the user: its runs were read
  /// out of its bytes then, as a remark says. Empty where the log is sound.
  const std::string& log_damage() const;

  /// Where the directory stands now, which may have been moved since it was opened.
  std::filesystem::path directory() const;

  /// One transaction: all of `runs` are durable, in the store and in its ledger, when this returns. A key
  /// that is contained already is left as it stands: models that are equal but for their names share their
  /// runs. Where it throws OutOfSpace the same call may succeed later. Where the store was deleted or
  /// replaced meanwhile, all runs are saved in runs.rescued.sqlite, and it throws Error(kOutput) with that
  /// name.
  void add(std::span<const RunRecord> runs);
  void add(const RunRecord& run) { add({&run, 1}); }
  void add_wall_seconds(double seconds);

  /// Writes into the ledger what somebody else has added to the store under this owner's lock, and the runs
  /// that `sources`, stores of the same experiment, have lost and this one lacks: missing() names them from
  /// then on.
  void complete_ledger(const std::vector<const RunStore*>& sources = {});

  /// The runs of the stored experiment, ordered by (model in the experiment's order, seed). A row whose
  /// checksum does not match its contents, or whose contents do not fit its model, throws Error(kCorrupt)
  /// naming the run.
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
