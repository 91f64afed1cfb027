// gpu_sweep show: prints the tables of existing results.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/training.h"
#include "apps/gpu_sweep/lost_runs.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/print_results.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/text/settings_table.h"
#include "engine/store/database/experiment_json.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct ShowFlags {
  std::string directory;
  bool settings = false;
  bool json = false;
  ExperimentOverrides overrides;
};

void show(const ShowFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep show DIR");
  const RunStore store = RunStore::open(flags.directory);
  if (flags.settings) {
    const Experiment& experiment = store.stored().experiment;
    print_data(flags.json ? summary_text(to_json(experiment)) : settings_table(experiment.models));
    return;
  }
  LostRuns lost;
  UnreadFiles unread;
  const std::vector<RunRecord> runs = lost.intact_runs(store);
  const StoredExperiment stored = judged_by(store.stored(), flags.overrides);
  Calibrations calibrations;
  if (flags.json) calibrations = calibrate(flags.directory, stored, runs, warn, unread.adder());
  print_results(analyse(stored, runs, nullptr, std::move(calibrations)), flags.json);
  lost.check();
  unread.check();
}

}  // namespace

Command add_show_command(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("show", "Print tables and verdict of existing results; trains nothing");
  const auto flags = std::make_shared<ShowFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote, finished or not")
      ->type_name("DIR");
  app->add_flag("--settings", flags->settings,
                "print the settings of every model, with defaults, [grid] and flags applied");
  app->add_flag("--json", flags->json,
                "print the object of summary.json instead of the tables; with --settings the experiment's");
  add_analysis_flags(*app, flags->overrides);
  app->footer("Example: gpu_sweep show results/quick");
  return {app, [flags] { show(*flags); }};
}

}  // namespace gpu_sweep
