#include "engine/store/runs/merge_stores.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/store/database/experiment_changes.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/runs/experiment_runs.h"
#include "engine/store/runs/merged_settings.h"
#include "engine/store/runs/probabilities.h"
#include "engine/store/runs/store_file.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

struct Source {
  fs::path directory;
  RunStore store;
  StoredExperiment stored;                    ///< RunStore::stored() of `store`, without the shard
  std::map<std::string, std::size_t> images;  ///< images in the test split, by the key of a run to be merged
};

/// Returns `stored` without the note of which shard of the experiment it is, as the merged store has it.
StoredExperiment whole(StoredExperiment stored) {
  stored.provenance.shard.reset();
  return stored;
}

sqlite::Database open_for_reading(const fs::path& directory) {
  return open_to_read(directory, store_file(directory));
}

Source open_source(const fs::path& directory, const fs::path& out) {
  std::error_code different;
  if (fs::equivalent(directory, out, different)) {
    throw Error(ExitCode::kUsage, directory.string() + " is to be merged into itself");
  }
  RunStore store = RunStore::open(directory);
  // A merge must not silently omit the runs lost with a damaged log.
  if (!store.log_damage().empty()) throw Error(ExitCode::kCorrupt, store.log_damage());
  StoredExperiment stored = whole(store.stored());
  return {directory, std::move(store), std::move(stored), {}};
}

/// Returns whether the store of `directory` is already open in `sources`. It must not be opened again: if it
/// looked damaged, its bytes would be read directly, and closing the file would drop all locks of this
/// process on it, including those that protect the log for the first reader.
bool is_among(const std::vector<Source>& sources, const fs::path& directory) {
  return std::ranges::any_of(sources, [&](const Source& source) {
    std::error_code none;
    return fs::equivalent(store_file(source.directory), store_file(directory), none);
  });
}

/// Returns the analysis settings of the merged store: those of `sources` and, if it exists, of the store in
/// `out`, combined by merged_settings. Adds a remark for each setting that differs between them.
AnalysisSettings settings_of_union(const fs::path& out, const std::vector<Source>& sources,
                                   std::vector<std::string>& remarks) {
  std::vector<JudgedStore> stores;
  for (const Source& source : sources)
    stores.push_back({source.directory, source.stored.experiment.analysis});
  if (is_there(store_file(out))) {
    sqlite::Database database = open_for_reading(out);
    const auto stored = read_study_value(database, store_file(out).string(), "experiment");
    stores.push_back({out, experiment_from_json(stored).analysis});
  }
  return merged_settings(stores, remarks);
}

/// Throws Error(kUsage) unless both sources hold the same experiment.
void refuse_other(const Source& first, const Source& other) {
  std::vector<std::string> changes =
      experiment_changes(first.stored, other.stored.experiment, other.stored.provenance);
  if (changes.empty()) {  // an experiment that extends the first one is still a different one
    for (const std::string& change :
         experiment_changes(other.stored, first.stored.experiment, first.stored.provenance)) {
      changes.push_back("in reverse, " + change);
    }
  }
  if (changes.empty()) return;
  throw Error(ExitCode::kUsage, other.directory.string() + " holds another experiment than " +
                                    first.directory.string() + ": " + in_one_line(changes));
}

/// Returns a checksum of a run's results that leaves out the name of its model, its training time, and its
/// objective, which is unknown if an older version trained the run or wrote a snapshot of it.
std::string metrics_of(RunRow row) {
  row.model.clear();
  row.train_seconds.clear();
  row.objective.clear();
  return checksum(row);
}

/// The runs seen so far. Checks that all stores have the same results for a run.
class SeenRuns {
 public:
  /// Returns whether the key is new. Throws Error(kUsage) if an earlier row of this key has other results.
  bool is_new(const RunRow& row, const fs::path& directory) {
    const auto [place, fresh] = seen_.try_emplace(row.key, Seen{metrics_of(row), directory});
    if (!fresh && place->second.figures != metrics_of(row)) {
      throw Error(ExitCode::kUsage, directory.string() + " and " + place->second.directory.string() +
                                        " hold different results for the " + row_name(row));
    }
    return fresh;
  }

 private:
  struct Seen {
    std::string figures;
    fs::path directory;
  };
  std::map<std::string, Seen> seen_;  // by key
};

using Visit = std::function<void(const RunRow& row)>;

void for_each_intact(sqlite::Database& database, const Experiment& experiment, const fs::path& directory,
                     const Visit& visit, std::vector<std::string>& damaged) {
  const ExperimentRuns rows(experiment);
  for_each_run(database, [&](std::int64_t, const RunRow& row) {
    if (const auto damage = rows.damage(row)) {
      damaged.push_back(directory.string() + ": " + *damage);
    } else {
      visit(row);
    }
  });
}

/// Fills Source::images; runs that a shard gains later are not merged. Throws Error(kUsage) if two stores
/// hold different results for a run. This is checked here, before the merge writes anything.
void survey(const fs::path& out, std::vector<Source>& sources) {
  SeenRuns seen;
  std::vector<std::string> ignored;
  const Experiment& experiment = sources.front().stored.experiment;
  const auto look = [&](const fs::path& directory, const Visit& visit) {
    sqlite::Database database = open_for_reading(directory);
    const Visit check = [&](const RunRow& row) {
      seen.is_new(row, directory);
      if (visit) visit(row);
    };
    for_each_intact(database, experiment, directory, check, ignored);
  };
  if (is_there(store_file(out))) look(out, {});
  for (Source& source : sources) {
    look(source.directory, [&](const RunRow& row) { source.images[row.key] = row.test_predictions.size(); });
  }
}

void copy_all_probabilities(const Source& source, const fs::path& out, MergeOutcome& outcome) {
  for (const auto& [key, images] : source.images) {
    KeptProbabilities kept = copy_probabilities(source.directory, out, key, images);
    if (!kept.damage.empty()) outcome.damaged.push_back(std::move(kept.damage));
    if (!kept.unread.empty()) outcome.unread.push_back(std::move(kept.unread));
  }
}

/// Copies the runs that `into` lacks, and adds their share of the shard's wall time.
void add_runs(sqlite::Database& into, RunInserter& runs, const Source& source, SeenRuns& seen,
              MergeOutcome& outcome) {
  sqlite::Database from = open_for_reading(source.directory);
  int added = 0, present = 0;
  const Visit add = [&](const RunRow& row) {
    if (!source.images.contains(row.key)) return;
    if (seen.is_new(row, source.directory)) {
      runs.insert(row);
      ++added;
    } else {
      ++present;
    }
  };
  const std::size_t named = outcome.damaged.size();
  for_each_intact(from, source.stored.experiment, source.directory, add, outcome.damaged);
  outcome.damaged_runs += static_cast<int>(outcome.damaged.size() - named);
  if (added > 0) {
    const double seconds = read_study_value(into, kStoreFile, "wall_seconds").get<double>();
    const double share = static_cast<double>(added) / (added + present);
    write_study_value(into, "wall_seconds", seconds + share * source.stored.wall_seconds);
  }
  outcome.added += added;
  outcome.present += present;
}

}  // namespace

MergeOutcome merge_stores(const fs::path& out, const std::vector<fs::path>& shards,
                          const std::function<bool(const Experiment& complete)>& is_look) {
  if (shards.empty()) throw Error(ExitCode::kUsage, "there is nothing to merge");
  std::vector<Source> sources;
  sources.reserve(shards.size());
  for (const fs::path& shard : shards) {
    if (!is_among(sources, shard)) sources.push_back(open_source(shard, out));
  }
  MergeOutcome outcome;
  const AnalysisSettings settings = settings_of_union(out, sources, outcome.remarks);
  for (const Source& source : sources) refuse_other(sources.front(), source);
  survey(out, sources);

  StoredExperiment stored = sources.front().stored;
  stored.experiment.analysis = settings;
  for (const Source& source : sources) {  // a store of an earlier version has no labels
    if (stored.provenance.test_labels.empty()) {
      stored.provenance.test_labels = source.stored.provenance.test_labels;
    }
  }
  StoreOptions options;
  options.is_look = is_look;
  RunStore owner = RunStore::create_or_continue(out, stored.experiment, stored.provenance, options);
  // Lost runs are not reported as damage of `out`, since a shard may still hold them.
  const std::vector<std::string> lost = owner.missing();
  std::ranges::copy_if(owner.damaged(), std::back_inserter(outcome.damaged),
                       [&](const std::string& line) { return std::ranges::find(lost, line) == lost.end(); });
  remove_unfinished_probabilities(out);
  std::vector<const RunStore*> stores;
  for (const Source& source : sources) {
    std::ranges::copy(source.store.remarks(), std::back_inserter(outcome.remarks));
    stores.push_back(&source.store);
  }
  // Probabilities are copied first, so that no run gets into the store without them, even if the merge is
  // killed.
  for (const Source& source : sources) copy_all_probabilities(source, out, outcome);

  sqlite::Database database(store_file(out), sqlite::Access::kReadWrite);
  database.execute("PRAGMA synchronous = FULL");
  sqlite::Transaction transaction(database);
  SeenRuns seen;
  std::vector<std::string> none;  // stays empty: `owner` has moved damaged runs to another table
  for_each_intact(
      database, stored.experiment, out, [&](const RunRow& row) { seen.is_new(row, out); }, none);
  RunInserter runs(database, [keys = keys_of(database)](const auto& key) { return keys.contains(key); });
  for (const Source& source : sources) add_runs(database, runs, source, seen, outcome);
  transaction.commit();
  owner.complete_ledger(stores);
  return outcome;
}

}  // namespace gpu_sweep
