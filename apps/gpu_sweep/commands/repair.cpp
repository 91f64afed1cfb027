// gpu_sweep repair: builds a sound store from the intact parts of a damaged one.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/stop_signals.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/missing_runs.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {
namespace {

struct RepairFlags {
  std::string directory;
};

RunStore repaired(const RepairFlags& flags) {
  const StopSignals signals;
  try {
    return RunStore::repair(flags.directory, {{}, {}, signals.token(), warn});
  } catch (const Error&) {
    if (const auto stopped = signals.stopped()) throw *stopped;
    throw;
  }
}

struct RunCount {
  std::size_t intact = 0;
  /// Number of runs of the experiment that are not stored. Absent for a shard: which runs belong to a shard
  /// depends on the data set, and this command does not read the data set.
  std::optional<int> missing;
};

RunCount count_runs(const RunStore& store) {
  const std::vector<RunRecord> runs = store.runs();
  if (store.stored().provenance.shard) return {runs.size(), std::nullopt};
  return {runs.size(), missing_runs(store.stored().experiment, runs).count};
}

std::string intact_text(const RunStore& store, const RunCount& count, const std::string& directory) {
  const std::size_t runs = count.intact;
  const std::string command = "; gpu_sweep run EXPERIMENT.toml --out " + directory;
  const char* are = runs == 1 ? " is intact" : " are intact";
  if (const std::optional<Shard>& shard = store.stored().provenance.shard) {
    return counted(runs, "run") + " of shard " + to_string(*shard) + are + command + " --shard " +
           std::to_string(shard->index) + "/" + std::to_string(shard->count) +
           " trains what this shard lacks, if anything";
  }
  const int missing = count.missing.value_or(0);
  return counted(runs, "run") + are + ", " + std::to_string(missing) + " of the experiment " +
         (missing == 1 ? "is" : "are") + " missing" +
         (missing == 0 ? "" : command + " trains the missing runs");
}

void repair(const RepairFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep repair DIR");
  const RunStore store = repaired(flags);
  for (const std::string& remark : store.remarks()) warn(remark);
  for (const std::string& damage : store.damaged()) warn("damaged: " + damage);
  const RunCount count = count_runs(store);
  say(flags.directory + ": " + intact_text(store, count, flags.directory));
  if (store.has_lost_runs()) {
    throw Error(ExitCode::kCorrupt, flags.directory + ": finished runs are lost, see above");
  }
  if (!store.unknown_losses().empty() && count.missing != 0) {
    throw Error(ExitCode::kCorrupt, flags.directory + ": " + store.unknown_losses());
  }
}

}  // namespace

Command add_repair_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "repair", "Make a sound store from the intact runs of a damaged one; trains nothing");
  const auto flags = std::make_shared<RepairFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote")->type_name("DIR");
  app->footer(
      "Recovers every run whose row matches its checksum, whatever the state of the rest of\n"
      "DIR/runs.sqlite; if that file is gone, reads its log. Keeps the damaged file as\n"
      "DIR/runs.sqlite.damaged-1 (a log with -wal appended), names the runs that are lost, and exits with 8\n"
      "if there are any, or if that is unknown for lack of a ledger. Does not change a sound store.\n"
      "gpu_sweep run does the same before it trains the missing runs.\n\n"
      "Example: gpu_sweep repair results/quick");
  return {app, [flags] { repair(*flags); }};
}

}  // namespace gpu_sweep
