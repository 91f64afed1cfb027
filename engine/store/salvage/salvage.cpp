#include "engine/store/salvage/salvage.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/store/database/experiment_changes.h"
#include "engine/store/database/experiment_json.h"
#include "engine/store/database/run_schema.h"
#include "engine/store/formats/json_text.h"
#include "engine/store/salvage/carve.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

const std::string* find(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

/// Returns whether the experiment `later` equals `earlier` or differs from it only by additions allowed in a
/// stored experiment. If so, `later` is at least as new.
bool raises(const std::string& later, const std::string& earlier) {
  try {
    const Experiment raised = experiment_from_json(parse_json(later));
    return experiment_changes({experiment_from_json(parse_json(earlier)), {}, 0}, raised, {}).empty();
  } catch (const nlohmann::json::exception&) {
    return false;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

/// The values about the study, each from its best source.
struct Study {
  std::map<std::string, std::string> values;
  bool is_assumed = false;
};

std::optional<Study> complete(const std::map<std::string, std::string>& carved, const StudyWitness& witness) {
  const std::pair<std::string, std::string> no_time{"wall_seconds", "0.0"};
  Study study;
  for (const char* name : kStudyValues) {
    const std::string* value = find(carved, name);
    if (value == nullptr) value = find(witness.known, name);
    if (value == nullptr && name == no_time.first)
      value = &no_time.second;  // a lost wall time is no reason to lose the runs
    if (value == nullptr) {
      value = find(witness.assumed, name);
      study.is_assumed = true;
    }
    if (value == nullptr) return std::nullopt;
    study.values[name] = *value;
  }
  // The damaged file may hold an older version of the experiment than the ledger, or a newer one.
  std::string& experiment = study.values["experiment"];
  if (const std::string* known = find(witness.known, "experiment"); known && raises(*known, experiment))
    experiment = *known;
  return study;
}

/// Throws Error(kBusy) if a stop was requested.
void carve_to_the_end(const fs::path& damaged, const CarveVisitor& visitor, const std::stop_token& stop) {
  carve_store(damaged, visitor, stop);
  if (!stop.stop_requested()) return;
  throw Error(ExitCode::kBusy, damaged.string() + " is damaged; the recovery of what is intact was stopped");
}

}  // namespace

std::optional<Salvaged> salvage_store(const fs::path& damaged, sqlite::Database& to,
                                      const StudyWitness& witness, const std::stop_token& stop) {
  if (to.integer("SELECT count(*) FROM sqlite_master") == 0) create_schema(to);
  sqlite::Transaction transaction(to);
  std::set<std::string> keys = keys_of(to);
  RunInserter runs(to, [there = keys](const std::string& key) { return there.contains(key); });
  std::map<std::string, std::string> carved;
  const CarveVisitor visitor{[&](const RunRow& row) {
                               if (keys.insert(row.key).second) runs.insert(row);
                             },
                             [&](const std::string& name, const std::string& json) { carved[name] = json; }};
  carve_to_the_end(damaged, visitor, stop);
  const auto study = complete(carved, witness);
  if (!study) return std::nullopt;
  for (const auto& [name, json] : study->values) write_study_text(to, name, json);
  Salvaged salvaged{keys.size(), 0};
  if (study->is_assumed) {
    for (const std::string& key : keys) {
      if (witness.keys.contains(key)) continue;
      remove_run(to, key);
      --salvaged.runs;
      ++salvaged.left;
    }
  }
  transaction.commit();
  return salvaged;
}

std::size_t count_other_runs(const fs::path& damaged, const std::set<std::string>& keys,
                             const std::stop_token& stop) {
  std::set<std::string> others;
  const CarveVisitor visitor{[&](const RunRow& row) {
                               if (!keys.contains(row.key)) others.insert(row.key);
                             },
                             [](const std::string&, const std::string&) {}};
  carve_to_the_end(damaged, visitor, stop);
  return others.size();
}

void remove_database(const fs::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    fs::remove(fs::path(file) += suffix, ignored);
  }
}

}  // namespace gpu_sweep
