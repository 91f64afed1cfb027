// Results in the formats of other programs. Each is made from the run store alone and can be made again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/store/run_store.h"

namespace gpu_sweep {

struct ExportOptions {
  bool every_run = false;  ///< tensorboard: also a curve for each run; it stalls at some 250 of them
  /// Told of class probabilities that are left out, and of files that are removed.
  std::function<void(const std::string& line)> warn = [](const std::string&) {};
  std::filesystem::path results = {};  ///< folder whose class probabilities npz and json take; empty: none
  /// The directory holds nothing but exports of this study: what an earlier one of the format left there and
  /// this one does not write again is removed. Elsewhere such a file is refused.
  bool owns_directory = false;
};

/// "npz", "csv", "json", "tensorboard".
const std::vector<std::string>& export_formats();

/// Writes the results into `directory`, which is made if need be, and returns the files written. Files of the
/// same names are replaced, each atomically. Throws Error(kUsage) for an unknown format and, before anything
/// is written, where files of another export would stand beside these; Error(kOutput) where a file cannot be
/// written.
std::vector<std::filesystem::path> export_results(const std::string& format,
                                                  const std::filesystem::path& directory,
                                                  const StoredExperiment& stored,
                                                  const std::vector<RunRecord>& runs,
                                                  const ExportOptions& options = {});

}  // namespace gpu_sweep
