// Exports results to the formats of other programs. Each export is made from stored results alone, so it can
// be repeated at any time.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

struct ExportOptions {
  bool every_run = false;  ///< tensorboard: adds one curve per run; TensorBoard stalls at about 250 curves
  /// Called with one line per remark: that class probabilities were left out, or that files were removed.
  std::function<void(const std::string& line)> warn = [](const std::string&) {};
  /// Called with one line for each file of class probabilities that cannot be read and is therefore left out.
  /// Also called if `owns_directory` is set and the directory cannot be searched for files of an earlier
  /// export. The default throws Error(kOutput).
  std::function<void(const std::string& line)> unread = [](const std::string& line) {
    throw Error(ExitCode::kOutput, line);
  };
  std::filesystem::path results = {};  ///< folder of the class probabilities for npz and json; empty: none
  /// True if the directory contains only exports of this study. Files of an earlier export in the same format
  /// that this export does not overwrite are then removed. If false, the export is refused when such files
  /// exist.
  bool owns_directory = false;
};

/// Returns "npz", "csv", "json", "tensorboard", "latex".
const std::vector<std::string>& export_formats();

/// A file whose bytes are produced on demand, so that not all files have to be in memory at the same time.
struct ExportFile {
  std::string name;  ///< relative to the folder of the export
  std::function<std::string()> bytes;
};

/// Returns the files of an export without writing them. Throws Error(kUsage) for an unknown format.
std::vector<ExportFile> export_files(const std::string& format, const StoredExperiment& stored,
                                     const std::vector<RunRecord>& runs, const ExportOptions& options = {});

/// Writes the results into `directory`, which is created if it does not exist, and returns the files written.
/// Existing files with the same names are replaced, each one atomically.
/// Throws Error(kUsage) for an unknown format. Also throws Error(kUsage), before anything is written, if it
/// would replace a file that no export writes, or if files of another export would remain beside the new
/// ones. Throws Error(kOutput) if a folder cannot be searched, or if a file cannot be read, written or
/// removed.
std::vector<std::filesystem::path> export_results(const std::string& format,
                                                  const std::filesystem::path& directory,
                                                  const StoredExperiment& stored,
                                                  const std::vector<RunRecord>& runs,
                                                  const ExportOptions& options = {});

}  // namespace gpu_sweep
