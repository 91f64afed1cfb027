#include "gpu_sweep/run_store.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "engine/experiment/hyper_parameters.h"
#include "engine/store/database/experiment_changes.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/formats/json_text.h"
#include "engine/store/runs/experiment_runs.h"
#include "engine/store/runs/missing_runs.h"
#include "engine/store/runs/opened_store.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/damaged_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// Returns whether this experiment continues the one in the ledger of a store that is gone.
bool goes_on(const LedgerContents& ledger, const Experiment& experiment, const Provenance& provenance) {
  for (const char* name : kWitnessedStudyValues) {
    if (!ledger.study.contains(name)) return false;
  }
  const auto known = [&](const char* name) { return parse_json(ledger.study.at(name)); };
  try {
    StoredExperiment stored;
    stored.experiment = experiment_from_json(known("experiment"));
    stored.provenance = provenance_from_json(known("provenance"));
    stored.provenance.numerics_version = known("numerics_version").get<int>();
    return experiment_changes(stored, experiment, provenance).empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace

RunStore::RunStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;
RunStore::~RunStore() = default;

RunStore RunStore::create_or_continue(const fs::path& directory, const Experiment& experiment,
                                      const Provenance& provenance, const StoreOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  make_directory(directory);
  impl->place = std::make_unique<NamedDirectory>(directory);
  impl->lock = std::make_unique<DirectoryLock>(directory);
  impl->file = store_file(directory);
  impl->link = store_link(directory);
  impl->read_the_ledger();
  StudyWitness known{impl->witness.study, {}, {}};
  for (const NamedRun& run : options.runs) known.keys.insert(run.key);
  if (!options.runs.empty()) known.assumed = study_texts(experiment, provenance);
  const auto accept = [&](Impl& found) {
    const fs::path name = is_there(impl->file) ? impl->file : log_file(impl->file);
    found.other_numerics =
        refuse_changes(*found.database, name, found.stored, experiment, provenance, options.runs);
  };
  impl->bring_back(known, accept);
  if (!is_there(impl->file)) {
    if (impl->has_ledger && !goes_on(impl->witness, experiment, provenance)) {
      const fs::path kept = set_ledger_aside(impl->file);
      impl->damaged.push_back(impl->file.string() +
                              " is gone; its ledger, of another experiment, is kept as " +
                              kept.filename().string());
      impl->has_ledger = false;
      impl->witness = {};
      known.known = {};
    }
    if (std::string rescued = rescued_text(impl->file); !rescued.empty()) {
      impl->remarks.push_back(
          impl->file.string() +
          " is gone and starts over; stop this command to take up rescued runs instead: " +
          std::move(rescued));
    }
    create_store(impl->file, experiment, provenance);
  }
  impl->open_for_writing(known, accept);
  if (!impl->other_numerics.empty()) impl->keys_of_other_numerics = std::move(known.keys);
  Experiment judged = experiment;
  const Experiment& earlier = impl->stored.experiment;
  const bool has_bought = earlier.analysis.until_decided && !impl->runs.empty();
  std::vector<int> looks;  // if stores are merged, `experiment` has the looks of the shards
  std::ranges::set_union(earlier.analysis.looks, experiment.analysis.looks, std::back_inserter(looks));
  if (!impl->runs.empty()) {
    judged.analysis = stated_for_finished_runs(experiment.analysis, earlier.analysis);
    if (judged.analysis.until_decided && !earlier.analysis.until_decided) {
      impl->remarks.push_back(directory.string() +
                              " had a number of runs fixed beforehand; from now on its verdict counts a look "
                              "after every seed (" +
                              judged.analysis.buying_flag() + "), which cannot be undone");
    }
  }
  judged.analysis.looks = std::move(looks);
  RunStore store(std::move(impl));
  if (options.is_look && experiment.runs > earlier.runs && !earlier.analysis.until_decided &&
      options.is_look(earlier) && missing_runs(earlier, store.runs()).count == 0) {
    judged.analysis.looks.push_back(earlier.runs);
  }
  store.impl_->set_experiment(judged);
  // If the tests chose the number of seeds, labels added now would change what they should have chosen.
  if (store.stored().provenance.test_labels.empty() && !provenance.test_labels.empty() && !has_bought) {
    store.impl_->set_test_labels(provenance.test_labels);
  }
  return store;
}

RunStore RunStore::repair(const fs::path& directory, const StoreOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->file = store_file(directory);
  impl->link = store_link(directory);
  if (!sqlite::has_log(impl->file) && !is_there(unfinished(impl->file))) require_store(directory);
  impl->place = std::make_unique<NamedDirectory>(directory);
  impl->lock = std::make_unique<DirectoryLock>(directory);
  impl->read_the_ledger();
  const StudyWitness known{impl->witness.study, {}, {}};
  const auto accept = [](Impl&) {};
  impl->bring_back(known, accept);
  require_store(directory);
  impl->open_for_writing(known, accept);
  return RunStore(std::move(impl));
}

RunStore RunStore::open(const fs::path& directory) {
  auto impl = std::make_unique<Impl>();
  impl->file = store_file(directory);
  impl->read_the_ledger();  // before the store: the store then has every run that this ledger names
  require_store(directory);
  impl->place = std::make_unique<NamedDirectory>(directory);
  impl->open_for_reading();  // without a scan: runs() reads and checks the rows itself
  return RunStore(std::move(impl));
}

const StoredExperiment& RunStore::stored() const { return impl_->stored; }

fs::path RunStore::directory() const { return impl_->place->name(); }

bool RunStore::is_in_place() const { return impl_->is_in_place(); }

bool RunStore::contains(const std::string& key) const {
  if (!impl_->scanned) impl_->scan();
  return impl_->runs.contains(key) || impl_->keys_of_other_numerics.contains(key);
}

const std::string& RunStore::other_numerics() const { return impl_->other_numerics; }

const std::vector<std::string>& RunStore::damaged() const {
  if (!impl_->scanned) impl_->scan();
  return impl_->damaged;
}

std::vector<std::string> RunStore::missing() const {
  if (!impl_->scanned) impl_->scan();
  return impl_->lost();
}

bool RunStore::has_lost_runs() const {
  if (!impl_->scanned) impl_->scan();
  return impl_->has_damaged_rows || !impl_->lost_runs().empty();
}

const std::string& RunStore::unknown_losses() const { return impl_->unknown_losses; }

std::vector<std::string> RunStore::replaced() const {
  if (!impl_->scanned) impl_->scan();
  return impl_->replaced();
}

const std::vector<std::string>& RunStore::remarks() const { return impl_->remarks; }

const std::string& RunStore::log_damage() const { return impl_->log_damage; }

void RunStore::add(std::span<const RunRecord> runs) {
  std::vector<RunRow> rows;
  std::set<std::string> keys;
  for (const RunRecord& run : runs) {
    if (!contains(run.key) && keys.insert(run.key).second) rows.push_back(to_row(run));
  }
  if (!rows.empty()) {
    if (!impl_->other_numerics.empty()) {
      throw std::logic_error("runs of other numerics are added: " + impl_->other_numerics);
    }
    impl_->in_transaction([&] {
      impl_->learn_keys_of_others();
      std::erase_if(rows, [&](const RunRow& row) { return impl_->runs.contains(row.key); });
      RunInserter inserter(*impl_->database,
                           [&](const std::string& key) { return impl_->runs.contains(key); });
      for (const RunRow& row : rows) inserter.insert(row);
    });
    for (const RunRow& row : rows) {
      impl_->runs.emplace(row.key, ledger_run(row));
      impl_->unwitnessed.push_back(ledger_run(row));
    }
  }
  impl_->settle();
}

void RunStore::add_wall_seconds(double seconds) {
  impl_->in_transaction(
      [&] { write_study_value(*impl_->database, "wall_seconds", impl_->stored.wall_seconds + seconds); });
  impl_->stored.wall_seconds += seconds;
  impl_->settle();
}

std::vector<RunRecord> RunStore::read_back() {
  impl_->settle();
  const Experiment experiment = impl_->stored.experiment;  // a copy: the store may be loaded again meanwhile
  ExperimentRuns runs(experiment);
  impl_->read_back([&](const RunRow& row) { runs.take(row); });
  return runs.in_order();
}

void RunStore::complete_ledger(const std::vector<const RunStore*>& sources) {
  impl_->runs.clear();
  impl_->scanned = false;
  impl_->scan();
  std::vector<LedgerRun> lost;
  for (const RunStore* source : sources) {
    if (!source->impl_->scanned) source->impl_->scan();
    std::ranges::move(source->impl_->lost_runs(), std::back_inserter(lost));
  }
  impl_->write_the_ledger(lost);
}

std::vector<RunRecord> RunStore::runs() const {
  std::vector<std::string> damaged;
  std::vector<RunRecord> intact = runs(damaged);
  if (damaged.empty()) return intact;
  const std::string more = damaged.size() == 1 ? "" : " and " + std::to_string(damaged.size() - 1) + " more";
  throw Error(ExitCode::kCorrupt,
              impl_->file.string() + " is damaged: " + damaged.front() + more +
                  "; the command that made it trains again what does not match its checksum");
}

std::vector<RunRecord> RunStore::runs(std::vector<std::string>& damaged) const {
  ExperimentRuns runs(impl_->stored.experiment);
  impl_->scan([&](const RunRow& row, const std::optional<std::string>& damage) {
    if (damage) {
      damaged.push_back(*damage);
    } else {
      runs.take(row);
    }
  });
  return runs.in_order();
}

}  // namespace gpu_sweep
