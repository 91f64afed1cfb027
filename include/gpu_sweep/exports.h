// Exports results to the formats of other programs. Each export is made from the run store only, so it can be
// repeated.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "gpu_sweep/error.h"
#include "gpu_sweep/run_store.h"

namespace gpu_sweep {

struct ExportOptions {
  bool every_run = false;  ///< tensorboard: also one curve per run; TensorBoard stalls at about 250
  /// Called with one line per finding about omitted class probabilities and removed files.
  std::function<void(const std::string& line)> warn = [](const std::string&) {};
  /// Called with one line per file of class probabilities that cannot be read and is left out, and if an
  /// owned directory cannot be searched for files of an earlier export. By default, throws Error(kOutput).
  std::function<void(const std::string& line)> unread = [](const std::string& line) {
    throw Error(ExitCode::kOutput, line);
  };
  std::filesystem::path results = {};  ///< folder of the class probabilities for npz and json; empty: none
  /// True if the directory contains only exports of this study. Files from an earlier export of the same
  /// format that this export does not overwrite are then removed. Otherwise the export is refused if such
  /// files exist.
  bool owns_directory = false;
};

/// "npz", "csv", "json", "tensorboard", "latex".
const std::vector<std::string>& export_formats();

/// A file whose bytes are produced on demand, so that the files are never all in memory at once.
struct ExportFile {
  std::string name;  ///< relative to the folder of the export
  std::function<std::string()> bytes;
};

/// Returns the files of an export; writes nothing. Throws Error(kUsage) for an unknown format.
std::vector<ExportFile> export_files(const std::string& format, const StoredExperiment& stored,
                                     const std::vector<RunRecord>& runs, const ExportOptions& options = {});

/// Writes the results into `directory`, which is created if needed, and returns the files written. Files of
/// the same names are replaced, each atomically. Throws Error(kUsage) for an unknown format and, before
/// anything is written, if a file that would be replaced is none that an export writes, or if files of
/// another export would remain beside these. Throws Error(kOutput) if a file cannot be written.
std::vector<std::filesystem::path> export_results(const std::string& format,
                                                  const std::filesystem::path& directory,
                                                  const StoredExperiment& stored,
                                                  const std::vector<RunRecord>& runs,
                                                  const ExportOptions& options = {});

}  // namespace gpu_sweep
