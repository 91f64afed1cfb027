// A damaged store gives way to what can be read out of it.
#include "engine/error.h"
#include "engine/store/damaged_file.h"
#include "engine/store/opened_store.h"
#include "engine/store/run_schema.h"
#include "engine/store/store_file.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

namespace {

/// What the user is told of `kept` and of the runs that are nowhere else.
std::string kept_text(const fs::path& kept, std::size_t left) {
  std::string text = "it is kept as " + kept.filename().string();
  if (left == 0) return text;
  return text + "; " +
         counted_runs(left, " finished run that was not asked for stays",
                      " finished runs that were not asked for stay") +
         " there alone";
}

}  // namespace

/// Where the file is damaged, a store made of what can be read takes its place, and the damaged file stays
/// under another name. Rethrows `error` where the experiment itself cannot be read.
void RunStore::Impl::salvage(const Error& error, const StudyWitness& known,
                             const std::function<void(Impl& found)>& accept) {
  database.reset();
  remove_database(unfinished(file));
  std::optional<Salvaged> salvaged;
  try {
    {
      sqlite::Database made(unfinished(file), sqlite::Access::kCreate);
      salvaged = salvage_store(file, made, known, options.stop);
      made.empty_log();
    }
    if (!salvaged) {
      throw Error(error.code(), std::string(error.what()) + "; nothing tells the experiment: gpu_sweep run " +
                                    "EXPERIMENT.toml --out " + file.parent_path().string() +
                                    " keeps what is intact, and trains what is missing");
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
  damaged.push_back(std::string(error.what()) + "; " +
                    counted_runs(salvaged->runs, " finished run was", " finished runs were") +
                    " read out of it, and " + kept_text(kept, salvaged->left));
  load(sqlite::Access::kReadWrite);
}

/// Ends a salvage that was killed once the damaged file was kept: the salvaged store, complete by then, alone
/// holds the runs that stood in side files. What is left of one killed earlier is made anew when it is
/// needed.
void RunStore::Impl::finish_salvage() {
  if (!is_there(unfinished(file))) return;
  const auto kept = kept_damaged(file);
  if (!kept) return;
  std::size_t left = 0;
  try {
    Impl salvaged;
    salvaged.file = unfinished(file);
    salvaged.load(sqlite::Access::kReadWrite);
    left = count_other_runs(*kept, keys_of(*salvaged.database), options.stop);
    salvaged.database->empty_log();
  } catch (const Error& error) {
    if (error.code() != ExitCode::kCorrupt) throw;
    return;
  }
  finish(file);
  damaged.push_back(file.string() + " was damaged: what could be read out of it has taken its place, and " +
                    kept_text(*kept, left));
}

}  // namespace gpu_sweep
