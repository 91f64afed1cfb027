#include "engine/store/runs/opened_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/formats/json_text.h"
#include "engine/store/runs/experiment_runs.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/hidden_runs.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

void RunStore::Impl::load(sqlite::Access access) {
  database.reset();
  database = std::make_unique<sqlite::Database>(
      access == sqlite::Access::kRead ? open_to_read(place->name(), file) : sqlite::Database(file, access));
  check_schema(*database, file.string());
  stored = read_study(*database, file.string());
  if (access != sqlite::Access::kRead) identify();
}

void RunStore::Impl::check_hidden(sqlite::Access access) {
  if (!database) load(access);
  const std::set<std::string> unshown = unshown_runs(file, *database, witness);
  if (unshown.empty()) return;
  database->keep_log(true);
  database.reset();
  check_hidden_runs(file, unshown, options.stop);
  load(access);
}

void RunStore::Impl::open_for_reading() {
  if (!is_log_sound([&] { check_log(file); })) return;
  try {
    open_or_confirm_damage(file, [&] { load(sqlite::Access::kRead); });
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    throw Error(error.code(), std::string(error.what()) + "; gpu_sweep repair recovers what is intact, and " +
                                  "gpu_sweep run trains what is missing");
  }
  is_log_sound([&] { check_hidden(sqlite::Access::kRead); });
}

/// Returns whether `check` accepts the log. If `check` throws Error(kCorrupt), salvages the store into memory
/// and returns false, or rethrows if salvage_store returns nothing.
bool RunStore::Impl::is_log_sound(const std::function<void()>& check) {
  try {
    open_or_confirm_damage(file, check);
    return true;
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    auto memory = std::make_unique<sqlite::Database>(sqlite::Database::in_memory(file));
    const auto salvaged = salvage_store(file, *memory, {witness.study, {}, {}}, options.stop);
    if (!salvaged) throw;
    database = std::move(memory);
    stored = read_study(*database, file.string());
    log_damage = error.what();
    remarks.push_back(log_damage + "; " +
                      counted_runs(salvaged->runs, " finished run was", " finished runs were") +
                      " recovered from it");
    return false;
  }
}

void RunStore::Impl::open_for_writing(const StudyWitness& known,
                                      const std::function<void(Impl& found)>& accept) {
  try {
    open_or_confirm_damage(file, [&] {
      check_log(file);
      load(sqlite::Access::kReadWrite);
      check_hidden(sqlite::Access::kReadWrite);
    });
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    salvage(error, known, accept);
  }
  accept(*this);

  const std::string ledger_name = ledger_file(file).filename().string();
  remove_unfinished_files(fs::absolute(file).parent_path(),
                          [&](const std::string& name) { return name == ledger_name; });
  prepare_to_write();
  std::vector<LedgerRun> lost_rows;  // damaged runs that the ledger does not name yet
  const auto note_lost = [&](const RunRow& row, const std::optional<std::string>& damage) {
    if (!damage) return;
    const Experiment& all = stored.experiment;
    const LedgerRun run = ledger_run(row);
    const bool has_model =
        std::ranges::any_of(all.models, [&](const auto& each) { return each.name == run.model; });
    const bool asked = run.seed >= all.seed && run.seed - all.seed < static_cast<std::uint64_t>(all.runs);
    const bool named = std::ranges::any_of(witness.runs, [&](const auto& each) {
      return each.second.model == run.model && each.second.seed == run.seed;
    });
    const bool is_text =
        std::ranges::all_of(run.key + run.sha256, [](char c) { return c >= '0' && c <= 'z'; });
    if (has_model && asked && is_text && !named) lost_rows.push_back(run);
  };
  in_transaction([&] {
    lost_rows.clear();
    for (const std::int64_t number : scan(note_lost)) set_aside(*database, number);
    data_version = database->integer("PRAGMA data_version");
  });
  std::vector<LedgerRun> asked = unnamed_lost_runs(), others;
  std::erase_if(asked, [&](const LedgerRun& run) {
    const bool is_other = !known.keys.empty() && !known.keys.contains(run.key);
    if (is_other) others.push_back(run);
    return is_other;
  });
  std::ranges::move(lost_text(asked), std::back_inserter(damaged));
  std::ranges::move(lines_by_model(others, ": finished according to its ledger, but not in " + file.string() +
                                               ", and not asked for by this experiment"),
                    std::back_inserter(remarks));
  std::ranges::move(replaced(), std::back_inserter(remarks));  // before the ledger is corrected
  write_the_ledger(lost_rows);
}

void RunStore::Impl::prepare_to_write() {
  database->keep_log(false);
  // Commits make no checkpoints. `settle` makes them, once it knows that no other program wrote into the log.
  database->execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
}

void RunStore::Impl::set_study_text(const std::string& name, const std::string& text) {
  in_transaction([&] { write_study_text(*database, name, text); });
  witness.study[name] = text;
  ledger->append(name, text);
}

void RunStore::Impl::set_experiment(const Experiment& experiment) {
  const std::string text = to_text(to_json(experiment));
  if (text == to_text(to_json(stored.experiment))) return;
  set_study_text("experiment", text);
  stored.experiment = experiment;
}

void RunStore::Impl::set_test_labels(const std::vector<std::uint8_t>& labels) {
  Provenance provenance = stored.provenance;
  provenance.test_labels = labels;
  set_study_text("provenance", to_text(to_json(provenance)));
  stored.provenance = std::move(provenance);
}

std::vector<std::int64_t> RunStore::Impl::scan(const VisitRow& visit) {
  const bool learns = !scanned;
  const ExperimentRuns rows(stored.experiment);
  std::vector<std::int64_t> damaged_numbers;
  for_each_run(*database, [&](std::int64_t number, const RunRow& row) {
    const std::optional<std::string> damage = rows.damage(row);
    if (visit) visit(row, damage);
    if (damage) damaged_numbers.push_back(number);
    if (learns && !damage) runs.emplace(row.key, ledger_run(row));
    if (learns && damage) damaged.push_back(*damage);
    has_damaged_rows = has_damaged_rows || damage;
  });
  scanned = true;
  return damaged_numbers;
}

void RunStore::Impl::read_the_ledger() {
  auto contents = read_ledger(ledger_file(file));
  has_ledger = contents.has_value();
  if (contents) witness = std::move(*contents);
  if (!witness.damage.empty()) remarks.push_back(witness.damage);
}

void RunStore::Impl::write_the_ledger(const std::vector<LedgerRun>& lost) {
  std::map<std::string, std::string> values;
  for (const char* name : kWitnessedStudyValues) {
    const std::string text = read_study_text(*database, file.string(), name);
    if (const auto found = witness.study.find(name); found == witness.study.end() || found->second != text) {
      values[name] = text;
    }
  }
  std::vector<LedgerRun> more;
  for (const auto& [key, run] : runs) {
    if (const auto found = witness.runs.find(key); found == witness.runs.end() || !(found->second == run)) {
      more.push_back(run);
    }
  }
  for (const LedgerRun& run : lost) {
    if (!runs.contains(run.key) && witness.runs.emplace(run.key, run).second) more.push_back(run);
  }
  for (const LedgerRun& run : more) witness.runs[run.key] = run;
  for (const auto& [name, text] : values) witness.study[name] = text;
  if (!ledger && (!has_ledger || !witness.damage.empty() || witness.torn)) {
    renew_ledger();
    return;
  }
  if (!ledger) ledger = std::make_unique<Ledger>(ledger_file(file), witness.lines);
  for (const auto& [name, text] : values) ledger->append(name, text);
  ledger->append(more);
}

void RunStore::Impl::in_transaction(const std::function<void()>& body) {
  if (!database) reopen();  // an earlier call closed it and could not reopen it
  const auto commit = [&] {
    patiently([&] {
      sqlite::Transaction transaction(*database);
      body();
      transaction.commit();
    });
    note_states();
  };
  replace_if_overwritten();
  try {
    commit();
  } catch (const Error& error) {
    if (!is_in_place()) rescue();
    if (error.code() != ExitCode::kCorrupt || !replace_if_overwritten()) throw;
    commit();
  }
}

void RunStore::Impl::patiently(const std::function<void()>& body) {
  constexpr int kOften = 500;                    // milliseconds: how often to check for a stop request
  constexpr std::chrono::seconds kAfterStop{5};  // trained runs are worth more than a prompt exit
  std::optional<std::chrono::steady_clock::time_point> stopped;
  if (options.say) database->set_busy_timeout(kOften);
  for (bool said = false;;) {
    try {
      body();
      return;
    } catch (const Error& error) {
      if (error.code() != ExitCode::kBusy || !options.say) throw;
      const auto now = std::chrono::steady_clock::now();
      if (options.stop.stop_requested() && !stopped) stopped = now;
      if (stopped && now - *stopped >= kAfterStop) throw;
      if (!said) options.say(std::string(error.what()) + ", which has locked it: waiting to write");
      said = true;
    }
  }
}

void RunStore::Impl::learn_keys_of_others() {
  const std::int64_t version = database->integer("PRAGMA data_version");
  if (version == data_version) return;
  data_version = version;
  for_each_run(*database, [this](std::int64_t, const RunRow& row) {
    if (is_intact(row)) runs.emplace(row.key, ledger_run(row));
  });
}

}  // namespace gpu_sweep
