// gpu_sweep report: writes report.html of results that are already there.
#include <memory>
#include <optional>

#include "apps/gpu_sweep/command.h"
#include "apps/gpu_sweep/flags.h"
#include "apps/gpu_sweep/output.h"
#include "engine/data/load_dataset.h"
#include "engine/error.h"
#include "engine/report/html_report.h"

namespace gpu_sweep {
namespace {

struct ReportFlags {
  std::string directory;
  std::string data;
};

/// The data set that the runs were trained on. Nothing, and a warning that says why, where it is not there
/// any more: the report does without its images. A data set that the user named must be the right one.
std::optional<Dataset> find_images(const Provenance& provenance, const std::string& flag) {
  std::string warning;
  if (!flag.empty()) {
    Dataset dataset = load_dataset(flag, &warning);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    throw Error(ExitCode::kData, "--data " + flag + ": found other data than these runs were trained on");
  }
  try {
    Dataset dataset = load_dataset(provenance.data_directory, &warning);
    if (dataset.sha256 == provenance.data_sha256) return dataset;
    warn(provenance.data_directory + " holds other data than these runs were trained on: no images");
  } catch (const Error& error) {
    warn(std::string(error.what()) + ": the report shows no images; --data DIR names the data set");
  }
  return std::nullopt;
}

void report(const ReportFlags& flags) {
  if (flags.directory.empty()) throw Error(ExitCode::kUsage, "no folder, expected gpu_sweep report DIR");
  const RunStore store = RunStore::open(flags.directory);
  const std::optional<Dataset> images = find_images(store.stored().provenance, flags.data);
  write_report(flags.directory, store.stored(), store.runs(), images ? &*images : nullptr);
  print_data((std::filesystem::path(flags.directory) / "report.html").string() + "\n");
}

}  // namespace

Command add_report_command(CLI::App& program) {
  CLI::App* app = program.add_subcommand("report", "Write report.html of results that are there");
  const auto flags = std::make_shared<ReportFlags>();
  app->add_option("directory", flags->directory, "folder that gpu_sweep run wrote, finished or not")
      ->type_name("DIR");
  add_path_flag(*app, "--data", flags->data, "DIR",
                "folder of the data set, if it is not where the runs found it");
  app->footer(
      "One file that opens without a network: tables, curves, differences with intervals, confusion "
      "matrices,\n"
      "the images most often mistaken. gpu_sweep run writes it too. Prints the file's name.\n\n"
      "Example: gpu_sweep report results/quick");
  return {app, [flags] { report(*flags); }};
}

}  // namespace gpu_sweep
