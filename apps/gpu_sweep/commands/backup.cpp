// gpu_sweep backup: copies results, even while a sweep is writing them.
#include <CLI/CLI.hpp>
#include <memory>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/backup_store.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct BackupFlags {
  std::string directory;
  std::string to;
};

void backup(const BackupFlags& flags) {
  if (flags.to.empty())
    throw Error(ExitCode::kUsage, "two folders are needed, expected gpu_sweep backup DIR TO");
  const BackupOutcome outcome = backup_store(flags.directory, flags.to);
  for (const std::string& remark : outcome.remarks) warn(remark);
  for (const std::string& damage : outcome.damaged) warn("damaged, left out: " + damage);
  for (const std::string& line : outcome.missing) warn("missing: " + line);
  UnreadFiles unread;
  for (const std::string& line : outcome.unread) unread.add("not copied: " + line);
  say(flags.to + ": " + counted(outcome.runs, "run") + " copied" +
      (outcome.probabilities == 0 ? ""
                                  : ", class probabilities of " + std::to_string(outcome.probabilities)));
  if (!outcome.damaged.empty() || !outcome.missing.empty()) {
    throw Error(ExitCode::kCorrupt, flags.directory + " is damaged: see above");
  }
  unread.check();
}

}  // namespace

Command add_backup_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("backup", "Copy the runs of a results folder, even during training");
  const auto flags = std::make_shared<BackupFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote or is writing")
      ->type_name("DIR");
  app->add_option("to", flags->to, "folder of the copy, without results so far; created if missing")
      ->type_name("TO");
  app->footer(
      "Copies a consistent state of all runs, and their class probabilities. Does not copy snapshots: runs\n"
      "in progress start over in TO. gpu_sweep report TO makes report.html again. The command that trained\n"
      "DIR continues in TO with --out TO, and writes summary.json.\n"
      "Copying runs.sqlite by hand while it is being written may lose its newest runs.\n\n"
      "Example: gpu_sweep backup results/quick /mnt/backup/quick");
  return {app, [flags] { backup(*flags); }};
}

}  // namespace gpu_sweep
