// gpu_sweep merge: combines the shards of an experiment into one result.
#include <filesystem>
#include <memory>
#include <optional>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/find_images.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/lost_runs.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/print_results.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/html/html_report.h"
#include "engine/statistics/wording.h"
#include "engine/store/runs/merge_stores.h"
#include "engine/store/runs/missing_runs.h"
#include "engine/study/open_store.h"
#include "engine/study/write_results.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct MergeFlags {
  std::string out;
  std::vector<std::string> shards;
  std::string data;
  bool json = false;
  bool quiet = false;
};

void warn_of_missing(const MissingRuns& missing, const std::string& out) {
  for (const std::string& name : missing.names) warn("missing: " + name);
  warn(counted(static_cast<std::size_t>(missing.count), "run") + (missing.count == 1 ? " is" : " are") +
       " missing: gpu_sweep run EXPERIMENT.toml --out " + out +
       " trains them; summary.json and report.html are written once all are there");
}

void merge(const MergeFlags& flags) {
  if (flags.shards.empty()) {
    throw Error(ExitCode::kUsage, "no folders to merge, expected gpu_sweep merge OUT SHARD_DIR...");
  }
  const std::vector<std::filesystem::path> shards(flags.shards.begin(), flags.shards.end());
  refuse_foreign_results(flags.out);
  const MergeOutcome outcome = merge_stores(flags.out, shards, could_tell);
  for (const std::string& remark : outcome.remarks) warn(remark);
  for (const std::string& damage : outcome.damaged) warn("damaged, left out: " + damage);
  UnreadFiles unread;
  for (const std::string& line : outcome.unread) unread.add("not copied: " + line);
  if (!flags.quiet) {
    say(flags.out + ": " + counted(static_cast<std::size_t>(outcome.added), "run") + " added, " +
        std::to_string(outcome.present) + (outcome.present == 1 ? " was" : " were") + " there");
  }

  const RunStore store = RunStore::open(flags.out);
  LostRuns lost;
  const std::vector<RunRecord> records = lost.intact_runs(store);
  const MissingRuns missing = missing_runs(store.stored().experiment, records);
  const std::optional<Dataset> images =
      missing.count > 0 ? std::nullopt : find_images(store.stored().provenance, flags.data);
  const ReportAnalysis analysis =
      analyse(store.stored(), records, images ? &*images : nullptr,
              calibrate(flags.out, store.stored(), records, warn, unread.adder()));
  if (missing.count > 0) {
    warn_of_missing(missing, flags.out);
  } else {
    write_summary(flags.out, analysis);
    write_report(flags.out, analysis);
  }
  print_results(analysis, flags.json);
  if (!flags.quiet && missing.count == 0) say(flags.out + ": report.html, summary.json, runs.sqlite");
  lost.check();
  if (outcome.damaged_runs > 0 && missing.count > 0) {  // lost.check() misses shards without a ledger
    throw Error(ExitCode::kCorrupt, flags.out + " lacks runs that are damaged in their shards: see above");
  }
  unread.check();
}

}  // namespace

Command add_merge_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("merge", "Merge the shards of an experiment into one study");
  const auto flags = std::make_shared<MergeFlags>();
  app->add_option("out", flags->out, "folder of the merged study; created if missing, otherwise extended")
      ->type_name("OUT");
  app->add_option("shards", flags->shards, "folders that gpu_sweep run wrote, with or without --shard")
      ->type_name("SHARD_DIR");
  add_path_flag(*app, "--data", flags->data, "DIR",
                "folder of the data set, if it is not where the runs found it");
  app->add_flag("--json", flags->json, "print the object of summary.json instead of the tables");
  app->add_flag("-q,--quiet", flags->quiet, "no remarks on stderr, only warnings and errors");
  app->footer(
      "The folders must have the same experiment, data set, precision and numerics; otherwise the merge\n"
      "is refused with the difference. It adds all runs or none, and repeating it adds nothing. Runs still\n"
      "missing are named; gpu_sweep run --out OUT trains them. Exits with 8 if a shard has lost finished\n"
      "runs that no other shard holds.\n\n"
      "Example: gpu_sweep merge results/quick results/quick.shard-*");
  return {app, [flags] { merge(*flags); }};
}

}  // namespace gpu_sweep
