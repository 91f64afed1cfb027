// Replaces a damaged store by a new one with everything that can be read from it.
#include "engine/store/database/run_schema.h"
#include "engine/store/runs/opened_store.h"
#include "engine/store/runs/store_file.h"
#include "engine/store/salvage/damaged_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// Returns the message about the damaged file, now called `kept`, and about the `left` runs that only it has.
std::string kept_text(const fs::path& kept, std::size_t left) {
  std::string text = "it is kept as " + kept.filename().string();
  if (left == 0) return text;
  return text + "; " +
         counted_runs(left, " finished run that was not asked for stays",
                      " finished runs that were not asked for stay") +
         " only there";
}

}  // namespace

/// Replaces a damaged file by a store of everything that can be read from it, and keeps the damaged one under
/// another name. Throws `error`, with a remedy, and replaces nothing if the experiment cannot be read, if the
/// file is behind a symbolic link, or if it has nothing that gpu_sweep wrote: it may be another program's.
void RunStore::Impl::salvage(const Error& error, const StudyWitness& known,
                             const std::function<void(Impl& found)>& accept) {
  database.reset();
  if (!link.empty()) {
    throw Error(error.code(), std::string(error.what()) + "; nothing is replaced behind the symbolic link " +
                                  link.string() + ": move the file there, or repair it in its own folder");
  }
  remove_database(unfinished(file));
  std::optional<Salvaged> salvaged;
  try {
    {
      sqlite::Database made(unfinished(file), sqlite::Access::kCreate);
      salvaged = salvage_store(file, made, known, options.stop);
      made.empty_log();
    }
    if (!salvaged) {
      throw Error(error.code(), std::string(error.what()) +
                                    "; its experiment cannot be read: gpu_sweep run " +
                                    "EXPERIMENT.toml --out " + file.parent_path().string() +
                                    " keeps what is intact, and trains what is missing");
    }
    if (salvaged->runs + salvaged->left == 0 && !has_ledger && is_there(file) && !may_be_a_store(file)) {
      throw Error(error.code(), std::string(error.what()) +
                                    "; it holds nothing that gpu_sweep wrote, so it is " +
                                    "not replaced: move it away if it is not needed");
    }
    Impl found;
    found.file = unfinished(file);
    found.load(sqlite::Access::kReadWrite);
    accept(found);
  } catch (const Error&) {
    remove_database(unfinished(file));
    throw;
  }
  const fs::path kept = keep_damaged(file);
  finish(file);
  note_salvage(std::string(error.what()) + "; " +
               counted_runs(salvaged->runs, " finished run was", " finished runs were") +
               " recovered from it, and " + kept_text(kept, salvaged->left));
  load(sqlite::Access::kReadWrite);
}

/// Call after a store was made from what could be recovered. `line` is the message to the user about it.
void RunStore::Impl::note_salvage(const std::string& line) {
  damaged.push_back(line);
  if (!has_ledger) {
    unknown_losses = "without a ledger it is unknown which finished runs are lost";
  } else if (!witness.damage.empty()) {
    unknown_losses = "with a damaged ledger it is unknown which other finished runs are lost";
  }
}

void RunStore::Impl::bring_back(const StudyWitness& known, const std::function<void(Impl& found)>& accept) {
  if (is_there(unfinished(file))) {
    if (is_there(file)) {
      finish_salvage();
    } else {
      finish_salvage_of_a_store_that_is_gone();
    }
  }
  if (!is_there(file) && sqlite::has_log(file)) {
    salvage(Error(ExitCode::kCorrupt, orphaned_log_text(file)), known, accept);
  }
}

/// Returns the store made by a killed salvage, or nothing if it is not complete.
std::unique_ptr<RunStore::Impl> RunStore::Impl::salvaged_store() const {
  auto salvaged = std::make_unique<Impl>();
  salvaged->file = unfinished(file);
  try {
    salvaged->load(sqlite::Access::kReadWrite);
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    return nullptr;
  }
  salvaged->database->keep_log(false);
  return salvaged;
}

/// Completes a salvage that was killed after it had kept the damaged file under another name. The salvaged
/// store is complete by then, and a second salvage would miss runs of the log, which has been moved away from
/// `file`. Does nothing if the salvage was killed earlier: the damaged store can be salvaged again.
void RunStore::Impl::finish_salvage() {
  const auto kept = kept_damaged(file);
  if (!kept) return;
  auto salvaged = salvaged_store();
  if (!salvaged) return;
  const std::size_t left = count_other_runs(*kept, keys_of(*salvaged->database), options.stop);
  salvaged->database->empty_log();
  salvaged.reset();
  finish(file);
  note_salvage(file.string() + " was damaged and is replaced by what could be recovered from it; " +
               kept_text(*kept, left));
}

/// Completes a salvage when only the salvaged store, and perhaps a log with more runs beside it, is left.
/// Does nothing if the salvaged store has no runs: it is then merely the folder's first store, left
/// unfinished by a killed process.
void RunStore::Impl::finish_salvage_of_a_store_that_is_gone() {
  auto salvaged = salvaged_store();
  if (!salvaged) return;
  std::size_t count = keys_of(*salvaged->database).size();
  if (count == 0) return;
  if (sqlite::has_log(file)) {
    StudyWitness own;
    for (const char* name : kStudyValues) {
      own.known[name] = read_study_text(*salvaged->database, salvaged->file.string(), name);
    }
    count = salvage_store(file, *salvaged->database, own, options.stop)->runs;
  }
  salvaged->database->empty_log();
  salvaged.reset();
  std::string log;
  if (sqlite::has_log(file)) log = ", and its log is kept as " + keep_damaged(file).filename().string();
  finish(file);
  note_salvage(file.string() + " is gone: the store of " +
               counted_runs(count, " finished run", " finished runs") +
               " that was being recovered from it now replaces it" + log);
}

}  // namespace gpu_sweep
