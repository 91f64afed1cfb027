#include "engine/report/exports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "engine/report/export_csv.h"
#include "engine/report/export_npz.h"
#include "engine/report/export_tensorboard.h"
#include "engine/report/summary_json.h"
#include "engine/store/atomic_file.h"
#include "engine/store/npz.h"
#include "engine/sweep/hyper_parameters.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> kFormats = {"npz", "csv", "json", "tensorboard"};
  return kFormats;
}

std::vector<fs::path> export_results(const std::string& format, const fs::path& directory,
                                     const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                                     const ExportOptions& options) {
  std::vector<fs::path> files;
  const auto write = [&](const std::string& name, std::string_view bytes) {
    files.push_back(directory / name);
    make_directory(files.back().parent_path());
    write_file_atomically(files.back(), bytes);
  };
  const auto calibrations_of_runs = [&] {
    return options.results.empty() ? Calibrations{} : calibrate(options.results, stored, runs, options.warn);
  };
  if (format == "csv") {
    write("runs.csv", runs_csv(stored, runs));
    write("history.csv", history_csv(runs));
  } else if (format == "json") {
    write("summary.json", summary_text(summary_json(stored, runs, calibrations_of_runs())));
  } else if (format == "npz") {
    for (const auto& [name, arrays] : npz_archives(stored, runs, options.results)) {
      const std::vector<std::uint8_t> bytes = format_npz(arrays);
      write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
  } else if (format == "tensorboard") {
    for (const auto& [name, bytes] : tensorboard_files(stored, runs, options.every_run)) write(name, bytes);
  } else {
    throw Error(ExitCode::kUsage,
                "unknown format " + shown_text(format) + ": expected " + list_of(export_formats()));
  }
  return files;
}

}  // namespace gpu_sweep
