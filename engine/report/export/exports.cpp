#include "gpu_sweep/exports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/experiment/hyper_parameters.h"
#include "engine/report/export/csv.h"
#include "engine/report/export/export_kinds.h"
#include "engine/report/export/latex.h"
#include "engine/report/export/leftovers.h"
#include "engine/report/export/npz.h"
#include "engine/report/export/summary_json.h"
#include "engine/report/export/tensorboard.h"
#include "engine/statistics/wording.h"
#include "engine/store/files/atomic_file.h"
#include "engine/store/formats/npz.h"
#include "gpu_sweep/error.h"

namespace gpu_sweep {

namespace fs = std::filesystem;

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> kFormats = {"npz", "csv", "json", "tensorboard", "latex"};
  return kFormats;
}

namespace {

ExportFile text_file(std::string name, std::string text) {
  return {std::move(name), [text = std::move(text)] { return text; }};
}

}  // namespace

std::vector<ExportFile> export_files(const std::string& format, const StoredExperiment& stored,
                                     const std::vector<RunRecord>& runs, const ExportOptions& options) {
  std::vector<ExportFile> files;
  if (format == "csv") {
    files.push_back(text_file("runs.csv", runs_csv(stored, runs)));
    files.push_back(text_file("history.csv", history_csv(runs)));
  } else if (format == "json") {
    const Calibrations calibrations =
        options.results.empty() ? Calibrations{}
                                : calibrate(options.results, stored, runs, options.warn, options.unread);
    files.push_back(text_file("summary.json", summary_text(summary_json(stored, runs, calibrations))));
  } else if (format == "latex") {
    for (auto& [name, text] : latex_files(analyse(stored, runs, nullptr))) {
      files.push_back(text_file(name, std::move(text)));
    }
  } else if (format == "npz") {
    for (auto& [name, arrays] : npz_archives(stored, runs, {options.results, options.warn, options.unread})) {
      files.push_back({name, [arrays = std::move(arrays)] {
                         const std::vector<std::uint8_t> bytes = format_npz(arrays);
                         return std::string(bytes.begin(), bytes.end());
                       }});
    }
  } else if (format == "tensorboard") {
    for (auto& [name, bytes] : tensorboard_files(stored, runs, options.every_run)) {
      files.push_back(text_file(name, std::move(bytes)));
    }
  } else {
    throw Error(ExitCode::kUsage,
                "unknown format " + shown_text(format) + ": expected " + list_of(export_formats()));
  }
  return files;
}

namespace {

[[noreturn]] void refuse(const std::vector<fs::path>& leftovers, const fs::path& directory) {
  const std::size_t more = leftovers.size() - 1;
  throw Error(ExitCode::kUsage,
              directory.string() + " holds " +
                  shown_text(leftovers.front().lexically_relative(directory).string()) +
                  (more == 0 ? "" : " and " + counted(more, "more file")) +
                  " of another export, which would be mixed with the files of this one: expected a folder " +
                  "without them, or remove them");
}

void remove_leftovers(const std::vector<fs::path>& leftovers, const fs::path& directory) {
  for (const fs::path& file : leftovers) {
    std::error_code error;
    fs::remove(file, error);
    if (error) throw Error(ExitCode::kOutput, "cannot remove " + file.string() + ": " + error.message());
    const fs::path name = file.lexically_relative(directory);
    for (fs::path folder = name.parent_path(); !folder.empty(); folder = folder.parent_path()) {
      if (!fs::remove(directory / folder, error)) break;
    }
  }
}

/// Returns the files of an earlier export. If the directory cannot be searched: for an owned directory,
/// reports that to options.unread and returns no files; otherwise throws Error(kOutput).
std::vector<fs::path> leftovers_of(const std::string& format, const fs::path& directory,
                                   const std::vector<std::string>& names, const ExportOptions& options) {
  try {
    return export_leftovers(format, directory, names, options.owns_directory);
  } catch (const Error& error) {
    if (!options.owns_directory) throw;
    options.unread(std::string("files of an earlier export may be left: ") + error.what());
    return {};
  }
}

}  // namespace

std::vector<fs::path> export_results(const std::string& format, const fs::path& directory,
                                     const StoredExperiment& stored, const std::vector<RunRecord>& runs,
                                     const ExportOptions& options) {
  const std::vector<ExportFile> files = export_files(format, stored, runs, options);
  std::vector<std::string> names;
  for (const ExportFile& file : files) names.push_back(file.name);
  const std::vector<fs::path> leftovers = leftovers_of(format, directory, names, options);
  if (!leftovers.empty() && !options.owns_directory) refuse(leftovers, directory);
  for (const ExportFile& file : files) {
    if (const FileKind* kind = export_kind(format, file.name)) {
      refuse_foreign_file(directory / file.name, *kind);
    }
  }
  std::vector<fs::path> written;
  for (const ExportFile& file : files) {
    written.push_back(directory / file.name);
    make_directory(written.back().parent_path());
    rewrite_file_atomically(written.back(), file.bytes());
  }
  remove_leftovers(leftovers, directory);
  if (!leftovers.empty()) {
    options.warn(directory.string() + ": removed " + counted(leftovers.size(), "file") +
                 " of an earlier export");
  }
  if (format == "npz" && options.owns_directory) remove_unfinished_files(directory, is_npz_export);
  return written;
}

}  // namespace gpu_sweep
