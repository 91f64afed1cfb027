// gpu_sweep report: writes report.html for existing results.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/find_images.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/flags/training.h"
#include "apps/gpu_sweep/lost_runs.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/unread_files.h"
#include "engine/report/html/html_report.h"
#include "engine/store/files/atomic_file.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {
namespace {

struct ReportFlags {
  std::string directory;
  std::string data;
  std::string to;
  ExperimentOverrides overrides;
};

void report(const ReportFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep report DIR");
  const RunStore store = RunStore::open(flags.directory);
  LostRuns lost;
  UnreadFiles unread;
  const std::vector<RunRecord> runs = lost.intact_runs(store);
  const std::optional<Dataset> images = find_images(store.stored().provenance, flags.data);
  const std::filesystem::path to = flags.to.empty() ? flags.directory : flags.to;
  make_directory(to);
  const StoredExperiment stored = judged_by(store.stored(), flags.overrides);
  write_report(to, analyse(stored, runs, images ? &*images : nullptr,
                           calibrate(flags.directory, stored, runs, warn, unread.adder())));
  print_data((to / kReportFile).string() + "\n");
  lost.check();
  unread.check();
}

}  // namespace

Command add_report_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("report", "Write report.html for existing results");
  const auto flags = std::make_shared<ReportFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote, finished or not")
      ->type_name("DIR");
  add_path_flag(*app, "--data", flags->data, "DIR",
                "folder of the data set, if it is no longer where the runs found it");
  add_path_flag(*app, "--to", flags->to, "DIR", "folder of report.html (default the folder of the results)");
  add_analysis_flags(*app, flags->overrides);
  app->footer(
      "One file that opens without a network: tables, curves, differences with intervals, confusion "
      "matrices,\n"
      "the images most often mistaken. gpu_sweep run writes it too. Prints the file's name.\n\n"
      "Example: gpu_sweep report results/quick");
  return {app, [flags] { report(*flags); }};
}

}  // namespace gpu_sweep
