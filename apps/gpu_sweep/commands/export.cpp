// gpu_sweep export: writes results in the formats of other programs.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "apps/gpu_sweep/commands/command.h"
#include "apps/gpu_sweep/flags/flags.h"
#include "apps/gpu_sweep/lost_runs.h"
#include "apps/gpu_sweep/output.h"
#include "apps/gpu_sweep/unread_files.h"
#include "gpu_sweep/error.h"
#include "gpu_sweep/exports.h"

namespace gpu_sweep {
namespace {

struct ExportFlags {
  std::string directory;
  std::string format;
  std::string to;
  ExportOptions options;
};

void export_study(const ExportFlags& flags) {
  if (flags.directory.empty()) {
    throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep export DIR --format FORMAT");
  }
  if (flags.format.empty())
    throw Error(ExitCode::kUsage, "--format: missing, expected npz, csv, json, tensorboard or latex");
  if (std::ranges::find(export_formats(), flags.format) == export_formats().end())
    fail_name("--format", flags.format, export_formats());
  if (flags.options.every_run && flags.format != "tensorboard")
    fail_flag("--format", flags.format, "tensorboard, the only format with --every-run");
  const RunStore store = RunStore::open(flags.directory);
  LostRuns lost;
  UnreadFiles unread;
  const std::vector<RunRecord> runs = lost.intact_runs(store);
  const std::filesystem::path own = std::filesystem::path(flags.directory) / flags.format;
  const std::filesystem::path to = flags.to.empty() ? own : std::filesystem::path(flags.to);
  ExportOptions options = flags.options;
  std::error_code different;
  options.owns_directory = to == own || std::filesystem::equivalent(to, own, different);
  options.results = flags.directory;
  options.warn = warn;
  options.unread = unread.adder();
  std::string list;
  for (const auto& file : export_results(flags.format, to, store.stored(), runs, options)) {
    list += file.string() + '\n';
  }
  print_data(list);
  lost.check();
  unread.check();
}

}  // namespace

Command add_export_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("export", "Write results as files for NumPy, tables or TensorBoard");
  const auto flags = std::make_shared<ExportFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote, finished or not")
      ->type_name("DIR");
  app->add_option("--format", flags->format,
                  "npz: final metrics, one file per model ('layer = D.npz' if depths differ, otherwise\n"
                  "'model = NAME.npz'), history, confusion, predictions; csv: runs.csv, history.csv;\n"
                  "json: summary.json; tensorboard: event files with each model's mean and mean +- std;\n"
                  "latex: tables and a paragraph on methods for a paper")
      ->type_name("npz|csv|json|tensorboard|latex");
  add_path_flag(
      *app, "--to", flags->to, "DIR",
      "folder of the files (default DIR/FORMAT, from which files of an earlier export are removed)");
  app->add_flag("--every-run", flags->options.every_run,
                "tensorboard: also the curves of every run; slow beyond about 250 runs");
  app->footer(
      "Prints the names of the files written. In csv, a name that begins with = + - or @ is preceded by ',\n"
      "so that spreadsheets do not read it as a formula.\n\n"
      "Example: gpu_sweep export results/quick --format csv");
  return {app, [flags] { export_study(*flags); }};
}

}  // namespace gpu_sweep
